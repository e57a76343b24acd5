import { test } from 'tap';
import { HIDDEN_UPLOAD_MBPS, limitUploads } from '../../../../ui/player/content/upload-limit.ts';

class Tab extends EventTarget {
  hidden = false;

  turn(hidden: boolean): void {
    this.hidden = hidden;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

test('a hidden tab gives less, from the beginning and whenever it is hidden, until it is let go', async (t) => {
  const page = new Tab();
  page.hidden = true;
  const set: number[] = [];
  const end = limitUploads({ setMaxUploadMbps: (mbps) => { set.push(mbps); } }, page);
  page.turn(false);
  page.turn(true);
  end();
  page.turn(false);
  t.same(set, [HIDDEN_UPLOAD_MBPS, 0, HIDDEN_UPLOAD_MBPS]);
});
