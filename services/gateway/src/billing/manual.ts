// Invoices are written by people: what costs something waits until the operator grants it (`admin.ts tenant plan`).
import { plans } from '@wagate/messages/plans.ts'
import type { Billing } from './billing.ts'

export const manualBilling: Billing = {
  name: 'manual',
  judge: async ({ to }) => (plans[to].monthlyPrice === 0 ? 'grant' : 'await_approval'),
}
