import { useTranslations } from 'next-intl'
import { type InputFault, type Issue, inputFaultOf } from '#lib/domain/input-fault.ts'

/** An issue as the API tells it. */
export type ToldIssue = { path: string; message: string; fault: InputFault | null }

/** Says in the reader's language what is wrong with a value: of an issue found here, and of those that a refusal brings. */
export function useInputFault() {
  // Its keys come from a closed list that a check compares with both languages.
  const words = useTranslations('inputFaults') as unknown as (key: string, values: { limit: number }) => string
  const names = useTranslations('inputFields')
  const common = useTranslations('common')
  const say = (fault: InputFault | null, otherwise: string): string => (fault ? words(fault.code, { limit: fault.limit }) : otherwise)
  const nameOf = (path: string): string => {
    const last = path.slice(path.lastIndexOf('.') + 1) as 'name'
    return names.has(last) ? names(last) : path
  }
  return {
    wordsOf: (issue: Issue | undefined): string => (issue ? say(inputFaultOf(issue), issue.message) : ''),
    toldOf: ({ fault, message }: Pick<ToldIssue, 'fault' | 'message'>): string => say(fault, message),
    sentencesOf: (issues: readonly ToldIssue[]): string =>
      issues
        .map(({ path, message, fault }) => {
          const text = say(fault, message)
          return path ? common('labelled', { label: nameOf(path), text }) : text
        })
        .join(' '),
  }
}
