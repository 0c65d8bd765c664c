// How soon a revoked key is refused by every gateway, counted from the moment at which the revocation is answered.
import { createClient } from '@wagate/api/client.ts'
import { Client } from 'undici'
import { type Distribution, distributionOf } from '../measure/percentiles.ts'
import { path } from './over-http.ts'

export type RevocationFigures = {
  /** ms from sending the DELETE to its answer. */
  answer: Distribution
  /** ms from that answer until one gateway refuses; 0 when it did before. By whether it is the one that was asked. */
  asked: Distribution
  others: Distribution
  /** … until the last of them does. */
  all: Distribution
}

const refused = 401
const patienceMs = 30_000

export async function measureRevocations(
  gateways: readonly string[],
  apiKey: string,
  revocations: number,
): Promise<RevocationFigures> {
  const connections = gateways.map((url) => new Client(url))
  const apis = gateways.map((baseUrl) => createClient({ baseUrl, apiKey }))
  const samples = { answer: [] as number[], asked: [] as number[], others: [] as number[], all: [] as number[] }

  async function status(connection: Client, key: string): Promise<number> {
    const headers = { authorization: `Bearer ${key}` }
    const { statusCode, body } = await connection.request({ method: 'GET', path, headers })
    await body.dump()
    return statusCode
  }

  /** Asks again and again, until the gateway refuses the key, or lets it in. */
  async function when(connection: Client, key: string, wanted: (status: number) => boolean): Promise<number> {
    const untilMs = performance.now() + patienceMs
    while (performance.now() < untilMs) if (wanted(await status(connection, key))) return performance.now()
    throw new Error(`a gateway did not follow within ${patienceMs} ms`)
  }

  for (let n = 0; n < revocations; n++) {
    const asked = n % gateways.length
    const api = apis[asked]
    if (!api) throw new Error('no gateway')
    const made = await api.createApiKey({ scopes: ['sessions:read'] })
    await Promise.all(connections.map((connection) => when(connection, made.api_key, (code) => code !== refused)))
    const refusals = connections.map((connection) => when(connection, made.api_key, (code) => code === refused))
    const sentMs = performance.now()
    await api.revokeApiKey(made.id)
    const answeredMs = performance.now()
    const delays = (await Promise.all(refusals)).map((atMs) => Math.max(0, atMs - answeredMs))
    samples.answer.push(answeredMs - sentMs)
    samples.asked.push(...delays.slice(asked, asked + 1))
    samples.others.push(...delays.filter((_, index) => index !== asked))
    samples.all.push(Math.max(...delays))
  }
  await Promise.all(connections.map((connection) => connection.close()))
  return {
    answer: distributionOf(samples.answer),
    asked: distributionOf(samples.asked),
    others: distributionOf(samples.others),
    all: distributionOf(samples.all),
  }
}
