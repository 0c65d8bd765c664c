// What Node's own `fetch` asks for its connections. undici costs an engine memory and a part of its start, so it is loaded when
// something is fetched through a proxy for the first time.
import type { Socket } from 'node:net'
import type { Destination } from './tunnel.ts'

type NodesDispatcher = NonNullable<RequestInit['dispatcher']>
type Dispatch = NodesDispatcher['dispatch']
type Loaded = { dispatcher: NodesDispatcher; end: () => void }

export function createFetches(open: (to: Destination) => Promise<Socket>) {
  let loaded: Promise<Loaded> | undefined

  const dispatch: Dispatch = (options, handler) => {
    loaded ??= load(open)
    loaded.then(
      ({ dispatcher }) => dispatcher.dispatch(options, handler),
      (error) => handler.onError?.(error),
    )
    return true
  }

  return {
    /** For `fetch`. */
    dispatcher: asNodes({ dispatch }),
    /** Ends what is being fetched. */
    close: (): void => void loaded?.then(({ end }) => end()).catch(() => {}),
  }
}

async function load(open: (to: Destination) => Promise<Socket>): Promise<Loaded> {
  const { Agent, Dispatcher1Wrapper } = await import('undici')
  const agent = new Agent({
    connect: ({ hostname, port, protocol }, done) => {
      const secure = protocol === 'https:'
      const to = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || (secure ? 443 : 80)), secure }
      open(to).then(
        (socket) => done(null, socket),
        (error) => done(error, null),
      )
    },
  })
  // Node's `fetch` speaks to dispatchers in the form of an older undici; the wrapper translates.
  return { dispatcher: asNodes(new Dispatcher1Wrapper(agent)), end: () => void agent.destroy().catch(() => {}) }
}

/** `fetch` calls `dispatch` and nothing else of it. */
function asNodes(dispatcher: object): NodesDispatcher {
  if (!isNodes(dispatcher)) throw new Error('this version of undici has other dispatchers')
  return dispatcher
}
const isNodes = (dispatcher: object): dispatcher is NodesDispatcher =>
  'dispatch' in dispatcher && typeof dispatcher.dispatch === 'function'
