import {
  type ErrorType,
  reasonOf,
  ServiceError,
  STATUS_BY_ERROR,
  toServiceError,
} from '../errors.ts';
import type { FaultInjector } from '../faults/injector.ts';
import type { Log } from '../log.ts';
import type { ServiceMetrics } from '../metrics/service-metrics.ts';
import { type Caller, json, type Reply, type Request, type Route } from './route.ts';
import type { LatencyFloor } from './latency-floor.ts';
import { matchRoute } from './router.ts';

export interface DispatchParts {
  readonly routes: readonly Route[];
  readonly faults: FaultInjector;
  readonly metrics: ServiceMetrics;
  readonly log: Log;
  /** Of routes that faults may steer; absent where answers come as soon as they can. */
  readonly floor?: LatencyFloor;
  /** Who sends this `Authorization` header; anonymous when nobody known does. */
  readonly identify: (authorization: string | undefined) => Caller;
}

interface Dispatched {
  readonly reply: Reply;
  /** The route pattern, or `unmatched`, so that a scan of random paths adds no series. */
  readonly routeLabel: string;
}

export type Dispatch = (request: Omit<Request, 'params' | 'caller'>) => Promise<Dispatched>;

/** From request to reply: find the route, apply faults, check access, handle, and name every failure. */
export function createDispatch(parts: DispatchParts): Dispatch {
  const { routes, faults, identify, floor } = parts;
  return async (request) => {
    const match = matchRoute(routes, request.method, request.path);
    const routeLabel =
      match.kind === 'found'
        ? match.route.path
        : match.kind === 'wrong method'
          ? match.path
          : 'unmatched';
    try {
      if (match.kind === 'unknown') throw new ServiceError('not_found', 'no such endpoint');
      if (match.kind === 'wrong method') {
        throw new ServiceError('method_not_allowed', `use ${match.allowed.join(' or ')} here`);
      }
      if (match.route.isSteered) await faults.admit(request.signal);
      const caller = identify(request.headers.authorization);
      if (match.route.access === 'signed-in' && caller.kind === 'anonymous') {
        throw new ServiceError('unauthorized', 'sign in and send the access token');
      }
      const handle = () => match.route.handle({ ...request, params: match.params, caller });
      const reply = await (floor !== undefined && match.route.isSteered
        ? floor(handle, request.signal)
        : handle());
      return { routeLabel, reply };
    } catch (thrown) {
      return { routeLabel, reply: failureReply(parts, thrown, routeLabel) };
    }
  };
}

/** The JSON every failure is answered with. */
function failureBody(type: ErrorType, message: string): object {
  return { error: { type, message } };
}

function failureReply({ metrics, log }: DispatchParts, thrown: unknown, route: string): Reply {
  const error = toServiceError(thrown);
  const status = STATUS_BY_ERROR[error.type];
  metrics.errors.add({ type: error.type });
  if (status >= 500) {
    log.error('request failed', {
      route,
      type: error.type,
      reason: reasonOf(error.cause ?? error),
    });
  }
  return json(failureBody(error.type, error.message), status);
}
