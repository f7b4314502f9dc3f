'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { StartWork } from '#components/frame/start-work.tsx'
import { Button } from '#components/ui/button.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { exceptFor } from './use-next-review.ts'
import { useShownReview } from './use-shown-review.ts'
import { useVerdicts } from './use-verdicts.ts'
import { VerdictList } from './verdict-list.tsx'

/** Takes the next submission to judge and opens it; today's verdicts are at hand, where nothing is left to judge, too. */
export function StartReview() {
  const t = useTranslations('review')
  const [isListing, setIsListing] = useState(false)
  // The last verdict can be taken back from here, too: after it nothing may be left to judge.
  useVerdicts(useShownReview('').show)
  useCommands([{ id: 'today', title: t('todayTitle'), keys: 'l', run: () => setIsListing(true) }])
  return (
    <>
      <StartWork
        kind="review"
        except={exceptFor(null)}
        otherwise={
          <Button variant="quiet" keys="l" onClick={() => setIsListing(true)}>
            {t('todayTitle')}
          </Button>
        }
      />
      {isListing && <VerdictList onClose={() => setIsListing(false)} />}
    </>
  )
}
