'use client'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import type { Column } from '#components/ui/data-table.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { useErrorText } from '#components/ui/error-state.tsx'
import { PagedList, rowsOf } from '#components/ui/paged-list.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { Section } from '#components/ui/section.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { StatePill } from '#components/ui/state-pill.tsx'
import { notifyError } from '#components/ui/toast.tsx'
import { type api, query } from '#lib/client/api.ts'
import { tokenPages } from './list-options.ts'
import { NewToken } from './new-token.tsx'

type Token = Awaited<ReturnType<typeof api.listApiTokens>>['items'][number]

function TokenState({ token }: { token: Token }) {
  const t = useTranslations('settings')
  if (token.revokedAt) return <StatePill tone="rejected">{t('tokenRevoked')}</StatePill>
  if (new Date(token.expiresAt).getTime() <= Date.now()) return <StatePill tone="neutral">{t('tokenExpired')}</StatePill>
  return <StatePill tone="approved">{t('tokenValid')}</StatePill>
}

/** The own API tokens of this project. */
export function TokensPage() {
  const t = useTranslations('settings')
  const common = useTranslations('common')
  const errorText = useErrorText()
  const { id: projectId } = useProject()
  const client = useQueryClient()
  const [isMaking, setIsMaking] = useState(false)
  const tokens = useInfiniteQuery(query.listApiTokens.infiniteOptions(tokenPages(projectId)))
  const refresh = () => client.invalidateQueries({ queryKey: query.listApiTokens.key() })
  const revoke = useMutation(
    query.revokeApiToken.mutationOptions({
      onSettled: refresh,
      onError: (error) => {
        const { title, next } = errorText(error)
        notifyError(title, next)
      },
    }),
  )
  useCommands([{ id: 'new-token', title: t('newToken'), keys: 'n', run: () => setIsMaking(true) }])
  const columns: Column<Token>[] = [
    {
      id: 'name',
      header: t('name'),
      cell: (token) => (
        <>
          {token.name} <span className="ml-1 font-mono text-ink-3 text-xs">{token.prefix}…</span>
        </>
      ),
    },
    { id: 'state', header: t('state'), cell: (token) => <TokenState token={token} />, className: 'w-28' },
    {
      id: 'actions',
      header: t('tokenActions'),
      cell: (token) => <span title={token.actions.join('\n')}>{token.actions.length}</span>,
      className: 'w-20 text-right max-md:hidden',
    },
    {
      id: 'used',
      header: t('lastUsed'),
      cell: (token) => (token.lastUsedAt ? <RelativeTime at={token.lastUsedAt} /> : t('never')),
      className: 'w-32 max-md:hidden',
    },
    { id: 'expires', header: t('expires'), cell: (token) => <RelativeTime at={token.expiresAt} />, className: 'w-32 max-sm:hidden' },
    {
      id: 'revoke',
      header: <span className="sr-only">{t('revoke')}</span>,
      cell: (token) =>
        !token.revokedAt && (
          <Button size="sm" variant="quiet" aria-label={t('revokeNamed', { name: token.name })} onClick={() => revoke.mutate({ id: token.id })}>
            {t('revoke')}
          </Button>
        ),
      className: 'w-24 text-right',
    },
  ]
  const make = (
    <Button variant="primary" icon={<KeyRound className="size-4" />} onClick={() => setIsMaking(true)}>
      {t('newToken')}
    </Button>
  )
  return (
    <Section title={t('apiTokens')} hint={t('apiTokensHint')} action={rowsOf(tokens).length > 0 && make}>
      <PagedList
        list={tokens}
        label={t('apiTokens')}
        columns={columns}
        rowKey={(token) => token.id}
        loadingLabel={common('loading')}
        loadingRows={4}
        empty={
          <EmptyState title={t('noTokens')} action={make}>
            {t('noTokensHint')}
          </EmptyState>
        }
      />
      <NewToken open={isMaking} onOpenChange={setIsMaking} onMade={refresh} />
    </Section>
  )
}
