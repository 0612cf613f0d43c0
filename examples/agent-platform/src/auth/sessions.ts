import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../clock.ts';
import { ServiceError } from '../errors.ts';
import { inTransaction } from '../storage/database.ts';

interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Seconds until the access token ends. */
  readonly expiresIn: number;
}

export interface Sessions {
  open(user: string): TokenPair;
  /** Trades a refresh token for a new pair and ends the old one. */
  refresh(refreshToken: string): TokenPair;
  /** The session of a live access token. */
  find(accessToken: string): { user: string; sessionId: string } | undefined;
  end(sessionId: string): void;
}

type Kind = 'access' | 'refresh';

/**
 * Sessions in SQLite. Tokens are random and stored only as SHA-256, so that a copy of the database opens nothing.
 * A refresh token that comes back after it was traded has been copied, so its whole session ends (RFC 9700, 4.14).
 */
export function createSessions(
  database: DatabaseSync,
  clock: Clock,
  ttlMs: { access: number; refresh: number },
): Sessions {
  const addSession = database.prepare('INSERT INTO sessions VALUES (?, ?, 0)');
  const endSession = database.prepare('UPDATE sessions SET ended = 1 WHERE id = ?');
  const addToken = database.prepare(
    'INSERT INTO tokens (hash, session, kind, expires_at) VALUES (?, ?, ?, ?)',
  );
  const spendTokens = database.prepare('UPDATE tokens SET spent = 1 WHERE session = ?');
  const dropExpired = database.prepare('DELETE FROM tokens WHERE expires_at <= ?');
  const dropEmpty = database.prepare(
    'DELETE FROM sessions WHERE id NOT IN (SELECT session FROM tokens)',
  );
  const findToken = database.prepare(
    `SELECT session, user, spent, ended FROM tokens JOIN sessions ON id = session
     WHERE hash = ? AND kind = ? AND expires_at > ?`,
  );

  const look = (token: string, kind: Kind) => {
    const row = findToken.get(hashToken(token), kind, clock.nowMs());
    if (row === undefined || row.ended === 1) return undefined;
    return { sessionId: String(row.session), user: String(row.user), isSpent: row.spent === 1 };
  };
  const issue = (sessionId: string, kind: Kind) => {
    const token = randomBytes(32).toString('base64url');
    addToken.run(hashToken(token), sessionId, kind, clock.nowMs() + ttlMs[kind]);
    return token;
  };
  const issuePair = (sessionId: string): TokenPair => ({
    accessToken: issue(sessionId, 'access'),
    refreshToken: issue(sessionId, 'refresh'),
    expiresIn: ttlMs.access / 1000,
  });

  return {
    open(user) {
      return inTransaction(database, () => {
        dropExpired.run(clock.nowMs());
        dropEmpty.run();
        const sessionId = randomUUID();
        addSession.run(sessionId, user);
        return issuePair(sessionId);
      });
    },
    refresh(refreshToken) {
      const found = look(refreshToken, 'refresh');
      if (found?.isSpent) endSession.run(found.sessionId);
      if (found === undefined || found.isSpent) {
        throw new ServiceError('unauthorized', 'the refresh token is not valid any more');
      }
      return inTransaction(database, () => {
        spendTokens.run(found.sessionId);
        return issuePair(found.sessionId);
      });
    },
    find(accessToken) {
      const found = look(accessToken, 'access');
      return found === undefined || found.isSpent ? undefined : found;
    },
    end(sessionId) {
      endSession.run(sessionId);
    },
  };
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
