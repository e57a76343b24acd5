/** The bench of growth, at its smallest. */
import { testBenches } from './smallest.ts';

await testBenches('growth');
