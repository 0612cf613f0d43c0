import type { Sessions } from '../auth/sessions.ts';
import type { Users } from '../auth/users.ts';
import { ServiceError } from '../errors.ts';
import type { FaultInjector } from '../faults/injector.ts';
import { json, NO_CONTENT, type Route } from '../http/route.ts';
import { BodyFields } from '../shape.ts';

/** Signing in, staying signed in, and out again. */
export function authRoutes(users: Users, sessions: Sessions, faults: FaultInjector): Route[] {
  return [
    {
      method: 'POST',
      path: '/auth/login',
      about: 'name and password for an access and a refresh token',
      access: 'public',
      isSteered: true,
      handle: async (request) => {
        faults.trip('login_flow');
        const fields = new BodyFields(await request.body(), ['user', 'password']);
        const user = fields.text('user', 200);
        if (!(await users.verify(user, fields.text('password', 200)))) {
          throw new ServiceError('unauthorized', 'user or password is wrong');
        }
        return json(sessions.open(user));
      },
    },
    {
      method: 'POST',
      path: '/auth/refresh',
      about: 'a refresh token for a new pair; the old pair ends',
      access: 'public',
      isSteered: true,
      handle: async (request) => {
        faults.trip('token_refresh');
        const fields = new BodyFields(await request.body(), ['refreshToken']);
        return json(sessions.refresh(fields.text('refreshToken', 200)));
      },
    },
    {
      method: 'POST',
      path: '/auth/logout',
      about: 'ends the session and all of its tokens',
      access: 'signed-in',
      isSteered: true,
      handle: ({ caller }) => {
        faults.trip('logout');
        if (caller.kind === 'user') sessions.end(caller.sessionId);
        return NO_CONTENT;
      },
    },
    {
      method: 'GET',
      path: '/auth/me',
      about: 'who the access token belongs to',
      access: 'signed-in',
      isSteered: true,
      handle: ({ caller }) => json({ kind: caller.kind, user: ownerOf(caller) }),
    },
  ];
}

/** The name records are kept under. */
export function ownerOf(caller: { kind: string; name?: string }): string {
  return caller.name ?? 'anonymous';
}
