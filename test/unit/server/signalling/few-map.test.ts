/** A map for few things against the platform's own. */
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { test } from 'tap';
import { FewMap } from '../../../../server/signalling/few-map.ts';

const key = fc.constantFrom('a', 'b', 'c');
const step = fc.oneof(
  fc.record({ do: fc.constant('set'), key, value: fc.option(fc.nat(9), { nil: undefined }) }),
  fc.record({ do: fc.constant('delete'), key, value: fc.constant(undefined) }),
  fc.record({ do: fc.constantFrom('clear', 'keep', 'keep', 'keep'), key, value: fc.constant(undefined) }),
);

test('holds what a Map holds', async (t) => {
  fc.assert(fc.property(fc.array(step), fc.array(key), (steps, others) => {
    const few = new FewMap<number | undefined>();
    const map = new Map<string, number | undefined>();
    const other = new FewMap<string>();
    for (const one of others) other.set(one, one);
    for (const { do: what, key: at, value } of steps) {
      for (const one of [few, map]) {
        if (what === 'set') one.set(at, value);
        else if (what === 'delete') one.delete(at);
        else if (what === 'clear') one.clear();
      }
      const same = few.size === map.size && few.has(at) === map.has(at) && few.get(at) === map.get(at)
        && isDeepStrictEqual(few.entries(), [...map]) && isDeepStrictEqual(few.values(), [...map.values()])
        && few.sharesKeyWith(other) === others.some((one) => map.has(one));
      if (!same) throw new Error(`after ${what} ${at}: ${JSON.stringify(few.entries())} and not ${JSON.stringify([...map])}`);
    }
  }), { numRuns: 500, seed: 42 });
  t.pass();
});
