'use client'
import dynamic from 'next/dynamic'
import { useTranslations } from 'next-intl'
import { type ReactNode, useRef, useState, useSyncExternalStore } from 'react'
import { focusFirstOpen } from '#components/check/checks-panel.tsx'
import { useChecks } from '#components/check/use-checks.ts'
import { ConversationEditor, type EditorHandle } from '#components/conversation/conversation-editor.tsx'
import { RuleReader } from '#components/guideline/rule-link.tsx'
import { focusRuleSearch } from '#components/guideline/rule-search.tsx'
import { beside } from '#components/ui/beside.tsx'
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { notifyError } from '#components/ui/toast.tsx'
import { WorkBar } from '#components/ui/work-bar.tsx'
import type { api } from '#lib/client/api.ts'
import { turnFaults } from '#lib/domain/turns.ts'
import { LeaseLine } from './lease-line.tsx'
import { LengthLine } from './length-line.tsx'
import { PromptPanel } from './prompt-panel.tsx'
import { SaveLine } from './save-line.tsx'
import { TO_TEXT } from './to-text.ts'
import { useDraft } from './use-draft.ts'
import { useGauge } from './use-gauge.ts'
import { useGivingUp } from './use-giving-up.ts'
import { useSubmission } from './use-submission.ts'
import { WorkMenu } from './work-menu.tsx'
import type { Conversation } from './write-page.tsx'
import { WritePanels } from './write-panels.tsx'

// Of returned work alone.
const RemarkList = dynamic(() => import('./remark-list.tsx').then((module) => module.RemarkList), { loading: () => null })
// Wanted when the network may be gone.
const ConflictPanel = beside(() => import('./conflict-panel.tsx').then((module) => module.ConflictPanel))
const SkipDialog = beside(() => import('./skip-dialog.tsx').then((module) => module.SkipDialog))
const WithdrawDialog = beside(() => import('#components/conversation/withdraw-dialog.tsx').then((module) => module.WithdrawDialog))

type Props = {
  conversation: Conversation
  draft: Awaited<ReturnType<typeof api.getDraft>>
  /** What there is to say about the page itself, beside the state of the text. */
  notice?: ReactNode
}

/** The writer's desk: what is asked at the left, the conversation in the middle, rules and checks at the right, what is safe below. */
export function Workbench({ conversation, draft: fetched, notice }: Props) {
  const t = useTranslations('write')
  const c = useTranslations('checks')
  const { document: source, store, state } = useDraft(conversation.id, fetched)
  const content = useSyncExternalStore(source.subscribe, source.getContent, source.getContent)
  const [dialog, setDialog] = useState<'skip' | 'withdraw' | null>(null)
  const [panel, setPanel] = useState('guideline')
  const [shownRule, setShownRule] = useState<{ slug: string } | null>(null)
  const [note, setNote] = useState('')
  const [startsInText] = useState(() => typeof window !== 'undefined' && window.location.hash === TO_TEXT)
  const faults = turnFaults(content.messages, { complete: true })
  const { findings, open, learn } = useChecks(conversation, content, state.kind === 'saved' ? state.at : null)
  const length = useGauge(conversation.projectId, content)
  const editor = useRef<EditorHandle>(null)
  const submit = useSubmission(conversation, store, note, (error) => {
    learn(error)
    setPanel('checks')
  })
  const { prepare, leave, giveBack, isHeld } = useGivingUp(conversation, store)
  const trySubmit = () => {
    if (faults.length > 0) {
      setPanel('checks')
      notifyError(t('notYet'), faults[0]?.message)
    } else if (open > 0) {
      setPanel('checks')
      requestAnimationFrame(focusFirstOpen)
      notifyError(t('notYet'), c('open', { count: open }))
    } else submit.mutate()
  }
  const changePanel = (id: string) => {
    setPanel(id)
    setShownRule(null)
  }
  const readRule = (slug: string) => {
    setPanel('guideline')
    setShownRule({ slug })
  }
  const searchRules = () => {
    setPanel('guideline')
    requestAnimationFrame(focusRuleSearch)
  }
  useCommands([
    { id: 'submit', title: t('submit'), keys: 'mod+enter', run: trySubmit },
    { id: 'skip', title: t('skip'), run: () => setDialog('skip'), disabled: !isHeld },
    { id: 'give-back', title: t('giveBack'), run: giveBack, disabled: !isHeld },
    { id: 'withdraw', title: t('withdraw'), run: () => setDialog('withdraw'), disabled: !conversation.abilities.withdraw },
    { id: 'rules', title: t('searchRules'), keys: '/', run: searchRules },
    { id: 'rules-writing', title: t('searchRules'), keys: 'alt+/', run: searchRules, hidden: true },
  ])
  const lastReview = conversation.reviews.findLast((review) => review.withdrawnAt === null)
  const isReturned = conversation.round > 0 && lastReview?.verdict === 'request-changes'
  return (
    <RuleReader onRead={readRule}>
      <div className="grid min-h-dvh grid-rows-[1fr_auto]">
        <div className="grid grid-cols-1 content-start gap-x-8 px-4 py-6 sm:px-6 xl:grid-cols-[minmax(0,1fr)_20rem] 2xl:grid-cols-[15rem_minmax(0,1fr)_20rem]">
          <PromptPanel
            prompt={conversation.prompt}
            actions={
              <WorkMenu
                isHeld={isHeld}
                mayWithdraw={conversation.abilities.withdraw}
                onSkip={() => setDialog('skip')}
                onGiveBack={giveBack}
                onWithdraw={() => setDialog('withdraw')}
              />
            }
          />
          <div className="min-w-0 pb-20" aria-busy={submit.isPending}>
            {state.kind === 'conflict' && <ConflictPanel state={state} onResolve={(choices) => store.resolve(choices)} />}
            {isReturned && lastReview && (
              <RemarkList review={lastReview} revisions={conversation.revisions} messages={content.messages} document={source} />
            )}
            <ConversationEditor
              ref={editor}
              document={source}
              autoFocus={startsInText}
              tokens={length?.gauge.ok ? length.gauge.perMessage : null}
              findings={findings}
            />
          </div>
          <WritePanels
            value={panel}
            onChange={changePanel}
            shownRule={shownRule}
            conversation={conversation}
            document={source}
            content={content}
            faults={faults}
            findings={findings}
            onShow={(place) => editor.current?.show(place)}
            citedRules={lastReview?.comments.flatMap((comment) => comment.ruleSlug ?? []) ?? []}
          />
        </div>
        <WorkBar className="gap-x-5 text-sm">
          <SaveLine state={state} />
          {notice}
          {conversation.assignment && <LeaseLine conversationId={conversation.id} assignment={conversation.assignment} />}
          <LengthLine content={content} length={length} />
          {isReturned && (
            <Field label={t('note')} labelHidden className="min-w-40 flex-1">
              <Input className="h-8" placeholder={t('note')} value={note} onChange={(event) => setNote(event.target.value)} />
            </Field>
          )}
          <span className="ml-auto">
            <Button variant="primary" keys="mod+enter" pending={submit.isPending} disabled={state.kind === 'conflict'} onClick={trySubmit}>
              {t('submit')}
            </Button>
          </span>
        </WorkBar>
        {dialog === 'skip' && conversation.assignment && (
          <SkipDialog
            kind="write"
            assignmentId={conversation.assignment.id}
            prepare={prepare}
            onFailed={() => store.release()}
            onClose={() => setDialog(null)}
            onSkipped={() => leave('/write')}
          />
        )}
        {dialog === 'withdraw' && (
          <WithdrawDialog
            conversationId={conversation.id}
            prepare={prepare}
            onFailed={() => store.release()}
            onClose={() => setDialog(null)}
            onWithdrawn={() => leave('')}
          />
        )}
      </div>
    </RuleReader>
  )
}
