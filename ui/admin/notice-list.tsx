import type { JSX } from 'preact';
import type { Notice } from '../api/admin.ts';
import { Icon, type IconName } from '../parts/icons.tsx';

const LOOKS: Readonly<Record<Notice['severity'], { readonly icon: IconName; readonly word: string }>> = {
  problem: { icon: 'failed', word: 'Problem' }, warning: { icon: 'warning', word: 'Warning' }, hint: { icon: 'info', word: 'Hint' },
};

export function NoticeList({ notices }: { readonly notices: readonly Notice[] }): JSX.Element {
  if (notices.length === 0) return <p class="all-well"><Icon name="check" /> Nothing needs your attention.</p>;
  return (
    <ul class="notices">
      {notices.map((notice) => (
        <li key={notice.code} class={notice.severity}>
          <Icon name={LOOKS[notice.severity].icon} />
          <div>
            <p><strong>{LOOKS[notice.severity].word}.</strong> {notice.what}</p>
            <p><strong>What to do:</strong> {notice.action}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}
