import { ServiceError } from '../errors.ts';
import type { FaultInjector } from '../faults/injector.ts';
import { json, type Route } from '../http/route.ts';
import type { MemoryStore } from '../memory/memory-store.ts';
import { isPlatform, PLATFORMS } from '../memory/platforms.ts';
import { BodyFields } from '../shape.ts';
import { ownerOf } from './auth.ts';

/** Writing, reading and syncing what a person wants remembered. */
export function memoryRoutes(memory: MemoryStore, faults: FaultInjector): Route[] {
  return [
    {
      method: 'POST',
      path: '/memory',
      about: 'writes a key on one platform',
      access: 'signed-in',
      isSteered: true,
      handle: async (request) => {
        faults.trip('memory_write');
        const fields = new BodyFields(await request.body(), ['platform', 'key', 'value']);
        const platform = fields.oneOf('platform', PLATFORMS);
        const owner = ownerOf(request.caller);
        const entry = memory.write(owner, platform, fields.text('key', 200), fields.json('value'));
        return json(entry, 201);
      },
    },
    {
      method: 'POST',
      path: '/memory/sync',
      about: 'brings the newest version of each key to every platform',
      access: 'signed-in',
      isSteered: true,
      handle: ({ caller }) => {
        const targets = faults.isOn('cross_platform_sync') ? PLATFORMS.slice(0, -1) : PLATFORMS;
        const { isConsistent, ...result } = memory.sync(ownerOf(caller), targets);
        if (isConsistent) return json({ ...result, consistent: true });
        throw new ServiceError('internal', 'the platforms still differ after the sync');
      },
    },
    {
      method: 'GET',
      path: '/memory/:platform/:key',
      about: 'reads a key from one platform',
      access: 'signed-in',
      isSteered: true,
      handle: ({ params, caller }) => {
        faults.trip('memory_read');
        const { platform = '', key = '' } = params;
        const owner = ownerOf(caller);
        const entry = isPlatform(platform) ? memory.read(owner, platform, key) : undefined;
        if (entry === undefined) throw new ServiceError('not_found', 'nothing is remembered here');
        return json(entry);
      },
    },
  ];
}
