import { RespError, type RespValue } from '../redis/resp.ts';

/** What a redis stand-in holds. */
export interface RedisState {
  readonly texts: Map<string, { value: string; expiresAtMs: number }>;
  readonly lists: Map<string, string[]>;
}

export function emptyState(): RedisState {
  return { texts: new Map(), lists: new Map() };
}

type Command = (state: RedisState, args: readonly string[], nowMs: number) => RespValue;

const COMMANDS: Readonly<Record<string, { arity: number; run: Command }>> = {
  PING: { arity: 0, run: () => 'PONG' },
  AUTH: { arity: 1, run: () => 'OK' },
  SELECT: { arity: 1, run: () => 'OK' },
  GET: { arity: 1, run: ({ texts }, [key = ''], nowMs) => readText(texts, key, nowMs) },
  SET: { arity: 2, run: setText },
  RPUSH: {
    arity: 2,
    run: ({ lists }, [key = '', ...values]) => listOf(lists, key).push(...values),
  },
  LLEN: { arity: 1, run: ({ lists }, [key = '']) => lists.get(key)?.length ?? 0 },
  LREM: { arity: 3, run: removeFirst },
  LMOVE: { arity: 4, run: ({ lists }, args) => moveItem(lists, args) },
};

/** Runs one command at once. Those that wait belong to the server. */
export function execute(state: RedisState, command: readonly string[], nowMs: number): RespValue {
  const [name = '', ...args] = command;
  const known = COMMANDS[name.toUpperCase()];
  if (known === undefined) return new RespError(`ERR unknown command '${name}'`);
  if (args.length < known.arity)
    return new RespError(`ERR wrong number of arguments for '${name}'`);
  return known.run(state, args, nowMs);
}

function readText(texts: RedisState['texts'], key: string, nowMs: number): RespValue {
  const entry = texts.get(key);
  if (entry === undefined) return null;
  if (entry.expiresAtMs > nowMs) return entry.value;
  texts.delete(key);
  return null;
}

/** Drops what has expired when there is much of it, so that a long run does not grow without end. */
function setText({ texts }: RedisState, args: readonly string[], nowMs: number): RespValue {
  const [key = '', value = '', option, ttl] = args;
  if (option !== undefined && option.toUpperCase() !== 'PX')
    return new RespError('ERR syntax error');
  if (texts.size >= 1000) for (const known of [...texts.keys()]) readText(texts, known, nowMs);
  texts.set(key, { value, expiresAtMs: option === undefined ? Infinity : nowMs + Number(ttl) });
  return 'OK';
}

function removeFirst({ lists }: RedisState, [key = '', , value]: readonly string[]): RespValue {
  const list = lists.get(key) ?? [];
  const index = list.findIndex((item) => item === value);
  if (index >= 0) list.splice(index, 1);
  return index >= 0 ? 1 : 0;
}

function moveItem(lists: RedisState['lists'], args: readonly string[]): RespValue {
  const [from = '', to = '', takeAt = '', putAt = ''] = args;
  const source = lists.get(from);
  const item = takeAt.toUpperCase() === 'LEFT' ? source?.shift() : source?.pop();
  if (item === undefined) return null;
  const target = listOf(lists, to);
  if (putAt.toUpperCase() === 'LEFT') target.unshift(item);
  else target.push(item);
  return item;
}

function listOf(lists: RedisState['lists'], key: string): string[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
