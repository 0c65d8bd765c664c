// Somebody new, from nothing to a message there, one back, and one from a program of their own, without leaving the first steps.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { TestStack } from '@wagate/testing/stack.ts'
import { newcomer, signOutAndIn, signUp } from './signing-up.ts'
import { type Surroundings, visit } from './visitor.ts'

/** A new session has to start, show its code, be scanned and connect. */
const linkMs = 60_000

export const firstMessage = (around: Surroundings, stack: Pick<TestStack, 'url'>): Promise<void> =>
  visit(around, async (visitor) => {
    const { page, t } = visitor
    const who = newcomer(around.name)
    await signUp(visitor, stack, who)

    await page.getByRole('button', { name: t('start.link'), exact: true }).click()
    const send = page.getByRole('button', { name: t('start.send'), exact: true })
    await send.waitFor({ timeout: linkMs })
    await visitor.judge()

    const screen = page.getByRole('log', { name: t('phone.messages') })
    await send.click()
    await screen.getByText(t('start.text_value')).waitFor()
    const seen = page.getByText(t('message_status.delivered')).or(page.getByText(t('message_status.read')))
    await seen.first().waitFor()

    await page.getByLabel(t('phone.write')).fill(`${t('start.text_value')} 2`)
    await page.getByRole('button', { name: t('phone.send') }).click()
    await page.getByText(t('start.replied')).waitFor()
    await visitor.judge()

    await page.getByRole('button', { name: new RegExp(`${t('common.copy')}.*curl`) }).click()
    const command = await page.evaluate<string>('navigator.clipboard.readText()')
    // Exactly as it was copied, as somebody pastes it into a terminal.
    const { stdout } = await promisify(execFile)('sh', ['-c', command])
    if (JSON.parse(stdout).status !== 'accepted') throw new Error(`the copied command was answered with ${stdout}`)
    await screen.getByText(t('start.code_text')).waitFor()
    await visitor.judge()
    await visitor.open(new URL(page.url()).pathname.replace(/start$/, 'overview'))
    await page.getByRole('heading', { name: t('overview.title') }).waitFor()
    await visitor.judge()
    await signOutAndIn(visitor, who)
  })
