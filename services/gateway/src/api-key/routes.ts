import { apiKey, apiKeyPage, apiKeysQuery, apiKeyWithSecret, createApiKey, rotateApiKey } from '@wagate/api/api-key.ts'
import type { MasterKey } from '@wagate/runtime/seal.ts'
import type { Caller } from '../access/authenticate.ts'
import { isKeyId } from '../access/key.ts'
import type { KeyControl, KeyRow } from '../control/keys.ts'
import { type Cursors, pageOf } from '../http/cursor.ts'
import type { IdempotencyDeps } from '../http/idempotency.ts'
import { DomainError, invalid } from '../http/problem.ts'
import type { Mount } from '../http/route.ts'
import { answerSecretOnce } from '../http/sealed-answer.ts'
import { type FindSessionDeps, findSession } from '../session/find.ts'
import { checkGrant, endOf } from './grant.ts'
import { checkNewKey, checkRotation } from './limit.ts'
import { presentKey } from './present.ts'

export type ApiKeyDeps = IdempotencyDeps &
  FindSessionDeps & {
    apiKeys: Pick<KeyControl, 'count' | 'create' | 'find' | 'list' | 'revoke' | 'rotate'>
    cursors: Cursors
    masterKey: MasterKey
  }

const tag = 'API keys'

export function apiKeyRoutes(mount: Mount, deps: ApiKeyDeps): void {
  mount(
    {
      method: 'post',
      path: '/v1/api-keys',
      audit: 'api_key.created',
      scope: 'keys:write',
      tag,
      summary: 'Make an API key',
      description:
        'Of the mode of the key that asks. It may do, reach and outlast no more than that one. The key is shown only in this answer.',
      body: createApiKey,
      answers: { 201: { description: 'The key.', schema: apiKeyWithSecret } },
      problems: ['api-key-limit-reached', 'views-unavailable'],
    },
    async (call) => {
      const { caller, body } = call
      const { tenantId, mode } = caller
      // A repeat gets its first answer, whatever has ended meanwhile.
      const run = async () => {
        const wanted = {
          scopes: body.scopes,
          requestsPerSecond: body.requests_per_second,
          expiresAt: endOf(body.expires_at, deps.now()),
        }
        checkGrant(caller, wanted)
        for (const id of body.session_ids ?? []) await checkSession(deps, caller, id)
        await checkNewKey(deps.apiKeys, caller)
        const made = await deps.apiKeys.create({
          ...{ ...wanted, tenantId, mode, name: body.name },
          sessionIds: body.session_ids && [...new Set(body.session_ids)],
        })
        return { status: 201, body: { ...presentKey(made.row), api_key: made.text } }
      }
      const { scopes, requests_per_second, expires_at } = body
      const sessions = body.session_ids?.length ?? null
      call.note({ changes: { scopes, sessions, requests_per_second, expires_at } })
      return answerSecretOnce(deps, call, run)
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/api-keys',
      scope: 'keys:read',
      tag,
      summary: 'List API keys',
      description: 'Of the mode of the key that asks, those that were revoked or have expired too.',
      query: apiKeysQuery,
      answers: { 200: { description: 'Newest first.', schema: apiKeyPage } },
      problems: ['invalid-cursor', 'views-unavailable'],
    },
    async (call) => {
      const { tenantId, mode } = call.caller
      const { limit, cursor } = call.query
      const list = [tenantId, mode, 'api keys']
      const after = cursor === undefined ? undefined : deps.cursors.decode(list, cursor)
      const rows = await deps.apiKeys.list(tenantId, mode, { limit, after })
      const shown = rows.map(({ item, position }) => ({ item: presentKey(item), position }))
      return call.json(200, pageOf(shown, limit, { cursors: deps.cursors, list }))
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/api-keys/{key_id}',
      scope: 'keys:read',
      tag,
      summary: 'Get an API key',
      answers: { 200: { description: 'The key, without its secret.', schema: apiKey } },
      problems: ['api-key-not-found', 'views-unavailable'],
    },
    async (call) => call.json(200, presentKey(await find(deps, call.caller, call.params.key_id))),
  )

  mount(
    {
      method: 'post',
      path: '/v1/api-keys/{key_id}/rotate',
      audit: 'api_key.rotated',
      scope: 'keys:write',
      tag,
      summary: 'Replace an API key',
      description: 'Makes a key for the same, and ends the old one when the overlap is over.',
      body: rotateApiKey,
      answers: { 201: { description: 'The new key.', schema: apiKeyWithSecret } },
      problems: ['api-key-not-found', 'api-key-ended', 'api-key-limit-reached', 'views-unavailable'],
    },
    async (call) => {
      const { caller, body } = call
      const { tenantId, mode } = caller
      const old = await find(deps, caller, call.params.key_id)
      const run = async () => {
        const expiresAt = body.expires_at === undefined ? old.expiresAt : endOf(body.expires_at, deps.now())
        checkGrant(caller, { ...old, expiresAt })
        await checkRotation(deps.apiKeys, caller)
        const made = await deps.apiKeys.rotate(tenantId, mode, old.keyId, {
          overlapMs: body.overlap_seconds * 1_000,
          expiresAt,
        })
        if (!made) throw ended()
        return { status: 201, body: { ...presentKey(made.row), api_key: made.text } }
      }
      call.note({ changes: { overlap_seconds: body.overlap_seconds } })
      return answerSecretOnce(deps, call, run)
    },
  )

  mount(
    {
      method: 'delete',
      path: '/v1/api-keys/{key_id}',
      audit: 'api_key.revoked',
      scope: 'keys:write',
      tag,
      summary: 'Revoke an API key',
      description: 'Within two seconds no gateway takes it any more, and event streams that it opened end.',
      answers: { 204: { description: 'It is revoked, or was already.' } },
      problems: ['api-key-not-found', 'views-unavailable'],
    },
    async (call) => {
      const { tenantId, mode } = call.caller
      const keyId = call.params.key_id
      if (!isKeyId(keyId) || !(await deps.apiKeys.revoke(tenantId, mode, keyId))) throw notFound()
      return call.answer(204, null, {})
    },
  )
}

async function find({ apiKeys }: ApiKeyDeps, { tenantId, mode }: Caller, keyId: string): Promise<KeyRow> {
  const found = isKeyId(keyId) ? await apiKeys.find(tenantId, mode, keyId) : undefined
  if (!found) throw notFound()
  return found
}

async function checkSession(deps: ApiKeyDeps, caller: Caller, sessionId: string): Promise<void> {
  await findSession(deps, caller, sessionId).catch((error: unknown) => {
    if (!(error instanceof DomainError) || error.code !== 'session-not-found') throw error
    throw invalid('session_ids', `There is no session ${sessionId}: list your sessions with GET /v1/sessions.`)
  })
}

const ended = () =>
  new DomainError('api-key-ended', 'This API key was revoked or has expired: make a new one with POST /v1/api-keys.')

const notFound = () =>
  new DomainError(
    'api-key-not-found',
    'There is no API key with this id: check it, or list yours with GET /v1/api-keys.',
  )
