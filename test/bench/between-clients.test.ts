/** The benches of what goes on between clients, at their smallest. */
import { testBenches } from './smallest.ts';

await testBenches('between clients');
