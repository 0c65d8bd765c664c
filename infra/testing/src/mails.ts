// What a stack has mailed, as its mail server shows it.
import { z } from 'zod'
import type { TestStack } from './stack.ts'
import { waitFor } from './wait-for.ts'

const receivedMail = z.object({
  id: z.string(),
  to: z.array(z.string()),
  from: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string().nullable(),
  /** Every web address in it, the first first. */
  links: z.array(z.string()),
})
export type ReceivedMail = z.infer<typeof receivedMail>

const answer = z.object({ mails: z.array(receivedMail) })

/** Every mail to that address so far, newest first. */
export async function mailsTo(stack: Pick<TestStack, 'url'>, to: string): Promise<ReceivedMail[]> {
  const response = await fetch(`${stack.url('mail')}/mails?to=${encodeURIComponent(to)}`)
  return answer.parse(await response.json()).mails
}

/**
 * Waits for a mail to that address, and resolves with the newest; with `subject`, only one whose subject has it counts, so that an
 * earlier mail is not taken for the one that is meant.
 */
export async function latestMail(
  stack: Pick<TestStack, 'url'>,
  to: string,
  { subject = '', deadlineMs = 15_000 }: { subject?: string; deadlineMs?: number } = {},
): Promise<ReceivedMail> {
  const what = subject === '' ? `a mail to ${to}` : `a mail to ${to} about "${subject}"`
  return waitFor(async () => (await mailsTo(stack, to)).find((mail) => mail.subject.includes(subject)), {
    deadlineMs,
    what,
  })
}
