import { openMemory } from '../../src/history/stores/memory.ts';
import { storeContract } from './store.ts';

storeContract({ kind: 'memory', open: (settings) => Promise.resolve(openMemory(settings)) });
