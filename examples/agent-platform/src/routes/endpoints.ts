import { json, type Route } from '../http/route.ts';

/** The list of all endpoints, itself included, so that a check can visit every one. */
export function withEndpointList(routes: readonly Route[]): Route[] {
  const all: Route[] = [
    ...routes,
    {
      method: 'GET',
      path: '/endpoints',
      about: 'this list',
      access: 'public',
      isSteered: true,
      handle: () =>
        json({
          endpoints: all.map(({ method, path, about, access }) => ({
            method,
            path,
            about,
            access,
          })),
        }),
    },
  ];
  return all;
}
