'use client'
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { api } from '#lib/client/api.ts'
import { useFinding } from './finding.ts'

type Check = Awaited<ReturnType<typeof api.preflightRun>>['checks'][number]

const ICONS = {
  ok: <CircleCheck aria-hidden className="text-approved" />,
  note: <Info aria-hidden className="text-ink-3" />,
  warning: <TriangleAlert aria-hidden className="text-changes" />,
  error: <CircleAlert aria-hidden className="text-rejected" />,
}

/** What was looked at before a run starts, in the order in which it can go wrong. */
export function Preflight({ checks }: { checks: readonly Check[] }) {
  const t = useTranslations('runs')
  const words = useFinding('preflight')
  const modelWords = useFinding('model')
  // What is wrong with the folder is a finding of its own, told in the reader's language.
  const factsOf = ({ facts }: Check) =>
    typeof facts.fault === 'string' ? { ...facts, detail: `${facts.folder}: ${modelWords({ code: facts.fault, facts }).message}` } : facts
  return (
    <ul className="divide-y">
      {checks.map((check) => {
        const { code, level, reason } = check
        const { message, cure } = words({ code: reason, facts: factsOf(check) })
        return (
          <li key={`${code} ${reason}`} className="flex items-start gap-2.5 py-2 [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0">
            {ICONS[level]}
            <div className="min-w-0">
              <p className="font-medium">
                {t(`check.${code}`)}
                <span className="sr-only"> ({t(`level.${level}`)})</span>
              </p>
              <p className="break-words text-ink-2">{message}</p>
              {cure && <p className={level === 'error' ? 'text-rejected' : 'text-ink-2'}>{cure}</p>}
            </div>
          </li>
        )
      })}
    </ul>
  )
}
