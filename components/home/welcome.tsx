'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { NewProjectDialog } from '#components/project/new-project-dialog.tsx'
import { Button } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Page } from '#components/ui/page-header.tsx'

/** For people in no project yet: make one, or wait to be added. */
export function Welcome() {
  const t = useTranslations('home')
  const [isCreating, setIsCreating] = useState(false)
  return (
    <Page width="read">
      <EmptyState
        title={t('noProject')}
        action={
          <Button variant="primary" onClick={() => setIsCreating(true)}>
            {t('newProject')}
          </Button>
        }
      >
        {t('noProjectHint')}
      </EmptyState>
      <NewProjectDialog open={isCreating} onOpenChange={setIsCreating} />
    </Page>
  )
}
