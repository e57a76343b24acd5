/**
 * What checks requests and writes answers by their schemas, made at the first request or answer of each kind: the 150 of them together
 * take a seventh of a start, and most are for failures that never come.
 */
import { createRequire } from 'node:module';
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import type { FastifyServerOptions } from 'fastify';

type Compilers = Required<Required<Required<FastifyServerOptions>['schemaController']>['compilersFactory']>;

/** For the options of Fastify. */
export const schemaCompilers: Compilers = {
  // Its type knows Ajv only, which is not loaded where something else is given here; Fastify uses it like any compiler.
  buildValidator: (() => typeBoxCompiler) as unknown as Compilers['buildValidator'],
  buildSerializer: (...given) => {
    const compile = onFirstCall(() => selectSerializer()(...given));
    return (route) => onFirstCall(() => compile(route));
  },
};

const typeBoxCompiler: typeof TypeBoxValidatorCompiler = (route) => onFirstCall(() => TypeBoxValidatorCompiler(route));

/** What Fastify itself would take, from where Fastify would take it: its own choice, and loaded no sooner than it is needed. */
function selectSerializer(): Compilers['buildSerializer'] {
  const ofFastify = createRequire(createRequire(import.meta.url).resolve('fastify'));
  return (ofFastify('@fastify/fast-json-stringify-compiler') as () => Compilers['buildSerializer'])();
}

/** A function that `make` makes when it is called for the first time. Exported for its test. */
export function onFirstCall<Given extends readonly unknown[], Result>(make: () => (...given: Given) => Result): (...given: Given) => Result {
  let made: ((...given: Given) => Result) | undefined;
  return (...given) => (made ??= make())(...given);
}
