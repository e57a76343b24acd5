/** The benches of the node, at their smallest. */
import { testBenches } from './smallest.ts';

await testBenches('of the node');
