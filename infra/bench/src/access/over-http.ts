// What the key check adds to a request over HTTP: the same request without a key, which is refused before anything is looked up,
// and with one, which is let in and finds no such session. Both are answered with a problem and logged.
import { Client } from 'undici'
import { readCpu } from '../measure/cpu.ts'
import { type Distribution, distributionOf } from '../measure/percentiles.ts'
import type { MadeKey } from './fill.ts'

export type HttpFigures = {
  /** ms of a request, one at a time. */
  without: Distribution
  withKey: Distribution
  /** CPU of the gateway per request, in ms. */
  cpu: { without: number; withKey: number }
}

/** No id of a session, so nothing is asked of the broker. */
export const path = '/v1/sessions/none'

type Kind = 'without' | 'withKey'
const expected: Record<Kind, number> = { without: 401, withKey: 404 }

export async function measureOverHttp(
  gateway: { url: string; pid: number },
  keys: readonly MadeKey[],
  { requests, rounds }: { requests: number; rounds: number },
): Promise<HttpFigures> {
  const client = new Client(gateway.url)
  const samples: Record<Kind, number[]> = { without: [], withKey: [] }
  const cpuMs: Record<Kind, number> = { without: 0, withKey: 0 }
  let next = 0

  async function once(kind: Kind): Promise<number> {
    const key = keys[next++ % keys.length]?.text ?? ''
    const headers = kind === 'without' ? {} : { authorization: `Bearer ${key}` }
    const fromMs = performance.now()
    const { statusCode, body } = await client.request({ method: 'GET', path, headers })
    await body.dump()
    const ms = performance.now() - fromMs
    if (statusCode !== expected[kind]) throw new Error(`a request ${kind} was answered ${statusCode}`)
    return ms
  }
  const gatewayCpu = (): number => readCpu({ gateway: [gateway.pid] }).byPart.gateway ?? 0

  for (const kind of ['without', 'withKey'] as const) for (let n = 0; n < requests; n++) await once(kind) // warm
  for (let round = 0; round < rounds; round++)
    // In turns, so that whatever else the machine does hits both alike.
    for (const kind of round % 2 === 0 ? (['without', 'withKey'] as const) : (['withKey', 'without'] as const)) {
      const before = gatewayCpu()
      for (let n = 0; n < requests; n++) samples[kind].push(await once(kind))
      cpuMs[kind] += gatewayCpu() - before
    }
  await client.close()
  const each = requests * rounds
  return {
    without: distributionOf(samples.without),
    withKey: distributionOf(samples.withKey),
    cpu: { without: cpuMs.without / each, withKey: cpuMs.withKey / each },
  }
}
