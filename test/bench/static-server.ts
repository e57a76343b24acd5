/** A Fastify server that gives a folder by @fastify/static, in a process of its own: `node static-server.ts FOLDER`; prints its port. */
import type { AddressInfo } from 'node:net';
import fastifyStatic from '@fastify/static';
import Fastify from 'fastify';

const app = Fastify();
await app.register(fastifyStatic, { root: process.argv[2] ?? '' });
await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${(app.server.address() as AddressInfo).port}\n`);
