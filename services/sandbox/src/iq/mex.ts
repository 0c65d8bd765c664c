/** WhatsApp's newer questions: JSON in an IQ, by the id of the query. */
import { answerQuery } from '../network/time-lock.ts'
import { node } from '../wire/node.ts'
import { type IqHandler, notImplemented } from './answer.ts'

export const answerMex: IqHandler = (network, device, iq) => {
  const answer = answerQuery(network, device.account, iq)
  return answer ? { result: [node('result', {}, answer)] } : notImplemented
}
