'use client'
import { useTranslations } from 'next-intl'
import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { SelectedRange } from '#components/conversation/text-selection.ts'
import { useProject } from '#components/frame/project.tsx'
import { useMe } from '#components/frame/use-me.ts'
import { RuleReader } from '#components/guideline/rule-link.tsx'
import { RuleSearch } from '#components/guideline/rule-search.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { PromptPanel } from '#components/write/prompt-panel.tsx'
import { SkipDialog } from '#components/write/skip-dialog.tsx'
import { usualRatings } from '#lib/client/review-drafts.ts'
import { type CommentInput, lacksReason, type Verdict } from '#lib/domain/review.ts'
import { CommentForm } from './comment-form.tsx'
import { CommentList } from './comment-list.tsx'
import { EarlierVerdicts } from './earlier-verdicts.tsx'
import { JudgedText, type Reading } from './judged-text.tsx'
import { LostLease } from './lost-lease.tsx'
import { RatingScale } from './rating-scale.tsx'
import type { Conversation, Revision } from './review-page.tsx'
import { RulingForm } from './ruling-form.tsx'
import { useCommentForm } from './use-comment-form.ts'
import { useActiveMessage, useRatingKeys } from './use-reading-keys.ts'
import type { OwnDraft } from './use-review-draft.ts'
import { useReviewLease } from './use-review-lease.ts'
import { useRulePanel } from './use-rule-panel.ts'
import { useRulingForm } from './use-ruling-form.ts'
import { VerdictBar } from './verdict-bar.tsx'

function useUsualRatings() {
  const key = `${useMe().id}-${useProject().id}`
  return useSyncExternalStore(
    usualRatings.subscribe,
    () => usualRatings.read(key),
    () => usualRatings.empty,
  ).ratings
}

/** For so long after a text came on screen a verdict is the second press for the one before: nobody has read this one. */
const UNREAD_MS = 300

type Props = {
  conversation: Conversation
  revision: Revision
  /** What there is to say about the page itself. */
  notice: ReactNode
  draft: OwnDraft
  onFix: () => void
  onNext: () => void
  onVerdict: (conversation: Conversation, revision: Revision, verdict: Verdict, comments: CommentInput[], draftKey: string) => void
  reading: Reading | null
  onReading: (reading: Reading) => void
}

/** The reviewer's desk: what was asked at the left, the text in the middle, ratings, comments and rules at the right, verdicts below. */
export function ReviewDesk({ conversation, revision, notice, draft, onFix, onNext, onVerdict, reading, onReading }: Props) {
  const t = useTranslations('review')
  const { ratings, summary, comments } = draft.kept
  const [selected, setSelected] = useState<SelectedRange | null>(null)
  const [isSkipping, setIsSkipping] = useState(false)
  const usual = useUsualRatings()
  const { lease, kind, error: leaseError } = useReviewLease(conversation)
  const active = useActiveMessage(revision)
  const principle = useRatingKeys(ratings, usual, draft.rate)
  const form = useCommentForm(draft, revision, selected, active)
  const rules = useRulePanel()
  const ruling = useRulingForm(draft, conversation.abilities.adjudicate)
  // Without the lease somebody else is at it: a verdict would only be refused.
  const abilities = leaseError ? { review: false, adjudicate: false } : conversation.abilities
  const mayJudge = abilities.review || abilities.adjudicate
  const [asksWhy, setAsksWhy] = useState(false)
  const summaryField = useRef<HTMLInputElement>(null)
  const [isUnread, setIsUnread] = useState(true)
  useEffect(() => {
    const timer = setTimeout(() => setIsUnread(false), UNREAD_MS)
    return () => clearTimeout(timer)
  }, [])
  const decide = (verdict: Verdict) => {
    if (isUnread) return
    if (abilities.adjudicate && !ruling.isReady()) return
    const said = form.commentsFor(verdict, abilities.adjudicate && ruling.isGiven)
    if (!said) return
    if (lacksReason(verdict, { summary, comments: said })) {
      setAsksWhy(true)
      summaryField.current?.focus()
      return
    }
    onVerdict(conversation, revision, verdict, said, draft.key)
    onNext()
  }
  useCommands([
    { id: 'approve', title: t('verdict.approve'), keys: 'a', run: () => decide('approve'), disabled: !mayJudge },
    { id: 'changes', title: t('verdict.request-changes'), keys: 'r', run: () => decide('request-changes'), disabled: !abilities.review },
    { id: 'reject', title: t('verdict.reject'), keys: 'x', run: () => decide('reject'), disabled: !mayJudge },
    { id: 'escalate', title: t('verdict.escalate'), keys: 'e', run: () => decide('escalate'), disabled: !abilities.review },
    { id: 'comment', title: t('comment'), keys: 'c', run: form.open, disabled: !mayJudge },
    { id: 'fix', title: t('fix'), keys: 'f', run: onFix, disabled: !abilities.review },
    { id: 'skip', title: t('skip'), keys: 'u', run: () => setIsSkipping(true), disabled: !lease },
  ])
  return (
    <RuleReader onRead={rules.read}>
      <div className="grid min-h-dvh grid-rows-[1fr_auto]">
        <div className="grid grid-cols-1 content-start gap-x-8 px-4 py-6 sm:px-6 xl:grid-cols-[minmax(0,1fr)_20rem] 2xl:grid-cols-[15rem_minmax(0,1fr)_20rem]">
          <PromptPanel prompt={conversation.prompt} />
          {/* Takes the focus when the next text comes, so that reading aloud begins here. */}
          <div id="judged" data-unread={isUnread || undefined} tabIndex={-1} className="min-w-0 outline-none">
            {leaseError && <LostLease error={leaseError} onNext={onNext} />}
            {conversation.abilities.adjudicate && <EarlierVerdicts conversation={conversation} messages={revision.messages} />}
            <JudgedText
              conversation={conversation}
              revision={revision}
              comments={comments}
              activeMessageId={active}
              onSelectRange={setSelected}
              reading={reading}
              onReading={onReading}
            />
          </div>
          <aside
            aria-label={t('judgement')}
            className="min-w-0 space-y-6 xl:sticky xl:top-6 xl:max-h-[calc(100dvh-var(--foot,4rem)-2.5rem)] xl:self-start xl:overflow-y-auto"
          >
            {mayJudge && <RatingScale ratings={ratings} usual={usual} active={principle} onRate={draft.rate} />}
            {abilities.adjudicate && <RulingForm form={ruling} cited={rules.citedBy(conversation)} />}
            <CommentList
              conversation={conversation}
              comments={comments}
              revision={revision}
              editing={form.isOpen ? (draft.kept.unfinished?.at ?? null) : null}
              onEdit={form.edit}
              onRemove={form.remove}
              // Who decides reads them with their verdicts.
              showsEarlier={!conversation.abilities.adjudicate}
            />
            {form.isOpen && draft.kept.unfinished && (
              <CommentForm
                key={draft.kept.unfinished.at ?? 'new'}
                takesFocus={!form.isFound}
                notice={form.notice}
                passage={form.passage}
                task={conversation.prompt}
                value={draft.kept.unfinished}
                onChange={form.change}
                onAdd={() => {
                  form.add()
                  setSelected(null)
                }}
                onClose={form.close}
                onDiscard={form.discard}
              />
            )}
            <details open={rules.isOpen} onToggle={(event) => rules.toggle(event.currentTarget.open)}>
              <summary className="cursor-pointer font-medium text-sm">{t('guideline')}</summary>
              <div className="pt-2">
                {rules.isOpen && (
                  <RuleSearch task={conversation.prompt} cited={rules.citedBy(conversation)} inputRef={rules.input} shown={rules.shown} />
                )}
              </div>
            </details>
          </aside>
        </div>
        <VerdictBar
          notice={notice}
          summary={summary}
          onSummary={(text) => draft.set({ summary: text })}
          summaryRef={summaryField}
          asksWhy={asksWhy}
          onVerdict={decide}
          onNext={onNext}
          onComment={form.open}
          onFix={onFix}
          onSkip={() => setIsSkipping(true)}
          abilities={abilities}
          conversationId={conversation.id}
          lease={lease}
        />
        {isSkipping && lease && <SkipDialog kind={kind} assignmentId={lease.id} onClose={() => setIsSkipping(false)} onSkipped={onNext} />}
      </div>
    </RuleReader>
  )
}
