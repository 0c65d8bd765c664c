/** Account settings and server properties: read at every login, all at their defaults here. */
import { childOf, childrenOf, node } from '../wire/node.ts'
import { done, type IqHandler, itemNotFound } from './answer.ts'

const privacyCategories = ['readreceipts', 'profile', 'status', 'online', 'last', 'groupadd', 'calladd', 'messages']

export const getPrivacy: IqHandler = () => ({
  result: [
    node(
      'privacy',
      {},
      privacyCategories.map((name) => node('category', { name, value: 'all' })),
    ),
  ],
})

export const getBlocklist: IqHandler = () => ({ result: [node('list', {}, [])] })

export const getProps: IqHandler = () => ({ result: [node('props', { protocol: '1', refresh: '86400' }, [])] })

/** App state (names, pins, labels) starts empty and stays so: a client is told that it has what there is. */
export const syncAppState: IqHandler = (_network, _device, iq) => {
  const collections = childrenOf(childOf(iq, 'sync'), 'collection').map(({ attrs: { name = '', version = '0' } }) =>
    node('collection', { name, version, type: 'result' }),
  )
  return { result: [node('sync', {}, collections)] }
}

/** No media host yet, so an upload ends with the client's own "no host" error instead of reaching the real WhatsApp. */
export const getMediaHosts: IqHandler = () => ({
  result: [node('media_conn', { auth: 'sandbox', ttl: '3600', auth_ttl: '3600', max_buckets: '12' }, [])],
})

export const getProfilePicture: IqHandler = () => itemNotFound

export const getGroups: IqHandler = () => ({ result: [node('groups', {}, [])] })

export const getBots: IqHandler = () => ({ result: [node('bot', { v: '2' }, [])] })

export const accept: IqHandler = () => done
