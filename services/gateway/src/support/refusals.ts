import { DomainError } from '../http/problem.ts'

export const noAccess = () =>
  new DomainError('support-access-not-found', 'There is no support access with this id: check it, or list them.')
