/** JSON Schemas of the files people write, for editors; derived from the zod schemas that judge them. */

import * as z from 'zod/mini';
import { editorTypes } from './atoms.ts';
import { ConfigFile } from './config-schema.ts';
import { GateFile } from './gate-schema.ts';
import { WaiverFile } from './waiver-schema.ts';

export function jsonSchemas(): Readonly<Record<string, unknown>> {
  return {
    'config.schema.json': schemaOf(ConfigFile, 'nemesis configuration'),
    'gate.schema.json': schemaOf(GateFile, 'nemesis gate: one agent'),
    'waivers.schema.json': schemaOf(WaiverFile, 'nemesis waivers: dated exceptions'),
  };
}

function schemaOf(schema: z.ZodMiniType, title: string): unknown {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    override({ zodSchema, jsonSchema }) {
      const editor = editorTypes.get(zodSchema);
      if (editor === undefined) return;
      for (const key of Object.keys(jsonSchema)) {
        if (key !== 'description') delete jsonSchema[key as keyof typeof jsonSchema];
      }
      Object.assign(jsonSchema, editor.json);
    },
  });
  return { title, ...json };
}
