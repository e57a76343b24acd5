import { test } from 'tap';
import { frameLight, isWorthShowing, worth } from '../../../ui/posters/frame-light.ts';

const PIXELS = 400;

/** A frame of grey values, one a pixel. */
function frame(grey: (at: number) => number): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray(PIXELS * 4);
  for (let at = 0; at < PIXELS; at += 1) rgba.set([grey(at), grey(at), grey(at), 255], at * 4);
  return rgba;
}

test('a black frame, a grey card and a fade show too little for a poster', async (t) => {
  t.notOk(isWorthShowing(frameLight(frame(() => 0))), 'black');
  t.notOk(isWorthShowing(frameLight(frame((at) => (at % 40 === 0 ? 60 : 2)))), 'almost black');
  t.notOk(isWorthShowing(frameLight(frame(() => 128))), 'one flat grey');
  t.notOk(isWorthShowing(frameLight(new Uint8ClampedArray())), 'nothing at all');
});

test('a picture with light and dark is worth it', async (t) => {
  const light = frameLight(frame((at) => (at % 256)));
  t.ok(isWorthShowing(light), JSON.stringify(light));
});

test('of frames that show little, the one that shows more is preferred', async (t) => {
  const black = frameLight(frame(() => 0));
  const dim = frameLight(frame((at) => 10 + (at % 20)));
  const white = frameLight(frame(() => 255));
  t.ok(worth(dim) > worth(black));
  t.ok(worth(dim) > worth(white));
});
