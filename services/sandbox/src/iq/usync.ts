/** Questions about other people: which devices they have, whether a number is on WhatsApp, which LID belongs to a number. */
import { type Account, accountJid } from '../account/account.ts'
import { parseUserJid } from '../wire/jid.ts'
import { type BinaryNode, childOf, childrenOf, node, textOf } from '../wire/node.ts'
import { badRequest, type IqHandler } from './answer.ts'

type Asked = {
  /** The jid as the client wrote it. */
  jid: string
  mode: 'pn' | 'lid'
  account: Account | undefined
  user: BinaryNode
}

/** What each protocol of a query adds to the answer about one person. */
const protocols = new Map<string, (asked: Asked) => BinaryNode[]>(
  Object.entries<(asked: Asked) => BinaryNode[]>({
    devices: ({ account }) => (account ? [node('devices', {}, [deviceList(account)])] : []),
    // A LID query by LID is not answered: the pair would be of a LID with itself.
    lid: ({ account, mode }) => (account && mode === 'pn' ? [node('lid', { val: accountJid(account, 'lid') })] : []),
    contact: ({ account, user }) => [
      node('contact', { type: account ? 'in' : 'out' }, textOf(childOf(user, 'contact')) ?? undefined),
    ],
    status: () => [node('status', { t: '0' }, '')],
    disappearing_mode: () => [node('disappearing_mode', { duration: '0', t: '0' })],
  }),
)

export const answerUsync: IqHandler = ({ directory }, { account }, iq) => {
  const usync = childOf(iq, 'usync')
  const queried = childrenOf(childOf(usync, 'query')).map(({ tag }) => tag)
  const users = childrenOf(childOf(usync, 'list'), 'user')
  if (!usync || queried.length === 0) return badRequest
  const answered = users.flatMap((user) => {
    const jid = user.attrs.jid ?? phoneJid(textOf(childOf(user, 'contact')))
    const address = parseUserJid(jid)
    if (!jid || !address) return []
    const asked = { jid, mode: address.mode, account: directory.find(account.realm, address.user), user }
    const children = queried.flatMap((tag) => protocols.get(tag)?.(asked) ?? [])
    return [node('user', { jid }, children)]
  })
  const results = queried.map((tag) => node(tag, { refresh: '86400' }))
  const { sid = '', context = '', mode = '' } = usync.attrs
  const attrs = { sid, context, mode, index: '0', last: 'true' }
  return { result: [node('usync', attrs, [node('result', {}, results), node('list', {}, answered)])] }
}

function deviceList(account: Account): BinaryNode {
  const devices = [...account.devices.values()].map(({ id, keyIndex }) =>
    node('device', id === 0 ? { id: '0' } : { id: String(id), 'key-index': String(keyIndex) }),
  )
  return node('device-list', {}, devices)
}

function phoneJid(number: string | undefined): string | undefined {
  const digits = number?.replace(/\D/g, '')
  return digits ? `${digits}@s.whatsapp.net` : undefined
}
