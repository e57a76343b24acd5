/** `requireAdmin` for routes that change something, and the page's sign-in. */
import cookie from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { App } from '../app-type.ts';
import { SESSION_COOKIE, type AdminGate } from '../auth/gate.ts';
import { SESSION_SECONDS } from '../auth/sessions.ts';
import { problemResponses } from './problem-schema.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** A preHandler (or onRequest) hook; each route that needs it names it. */
    requireAdmin: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  }
}

const SESSION_BODY_BYTES = 4096;
const SessionState = Type.Object({ signedIn: Type.Boolean() });

export async function registerAuth(app: App, { gate }: { gate: AdminGate }, { basePath }: { basePath: string }): Promise<void> {
  await app.register(cookie);
  app.decorate('requireAdmin', async (request: FastifyRequest) => gate.requireAdmin(request));

  app.get('/api/session', {
    schema: { tags: ['session'], summary: 'Whether this browser is signed in', response: { 200: SessionState } },
  }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    return { signedIn: gate.hasSession(request) };
  });

  app.post('/api/session', {
    bodyLimit: SESSION_BODY_BYTES,
    schema: {
      tags: ['session'], summary: 'Sign in with the admin token; answers with an HttpOnly cookie',
      body: Type.Object({ token: Type.String({ minLength: 1, maxLength: 1024 }) }, { additionalProperties: false }),
      response: { 200: SessionState, ...problemResponses(400, 401, 429) },
    },
  }, async (request, reply) => {
    gate.checkToken(request, request.body.token.trim());
    reply.setCookie(SESSION_COOKIE, gate.issueSession(), { ...cookieOptions(request, basePath), maxAge: SESSION_SECONDS });
    return { signedIn: true };
  });

  app.delete('/api/session', {
    schema: { tags: ['session'], summary: 'Sign out', response: { 200: SessionState } },
  }, async (request, reply) => {
    reply.clearCookie(SESSION_COOKIE, cookieOptions(request, basePath));
    // One from before the node had a base path is sent here too.
    if (basePath !== '') reply.clearCookie(SESSION_COOKIE, cookieOptions(request, ''));
    return { signedIn: false };
  });
}

function cookieOptions(request: FastifyRequest, basePath: string) {
  return { path: basePath === '' ? '/' : basePath, httpOnly: true, sameSite: 'strict', secure: request.protocol === 'https' } as const;
}
