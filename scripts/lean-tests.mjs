// Loaded before everything else in each process of the tests. tap notes every module that a process loads, for coverage and for
// `tap --changed`: a quarter of what a small test costs, and in the processes that it starts again. Neither is asked for here.
import module from 'node:module';

const { registerHooks } = module;

// @tapjs/processinfo's hook is the one that only loads; without it, it starts nothing and writes nothing.
module.registerHooks = (hooks) => {
  const isBookkeeping = hooks.load?.name === 'loadSync' && hooks.resolve === undefined;
  return isBookkeeping ? { deregister() {} } : registerHooks(hooks);
};
