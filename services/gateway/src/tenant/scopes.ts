import { operatorReadScope, operatorScope } from '@wagate/messages/control.ts'

/** The part of the API's documentation that is for whoever runs the installation. */
export const operatorTag = 'Operator'
export const looking = operatorReadScope
export const ordering = operatorScope
