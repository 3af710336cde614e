/** Door of the small React pieces. `./virtualList` has its own: it brings TanStack. */
export { Age } from './age';
export type { IAgeProps } from './age';
export { ApprovalBadge, approvalLabel, StatusBadge } from './badges';
export type {
  BadgeKind,
  IApprovalBadgeProps,
  IStatusBadgeProps
} from './badges';
export { copyText } from './clipboard';
export { describedBy } from './describedBy';
export type { SchemaName } from './describedBy';
export { Field } from './field';
export type { IFieldProps } from './field';
export { Glyph } from './glyph';
export type { GlyphName } from './glyph';
export { useLoaded, useSnapshot } from './hooks';
export type { ILoaded, ISnapshotModel } from './hooks';
export { governanceIcon } from './icons';
export { language } from './language';
export { moveFor } from './listKeys';
export { openMenu } from './menu';
export type { MenuEntry } from './menu';
export { openActions } from './openActions';
export { EmptyState, ErrorNotice, Loading, Notice } from './notices';
export type {
  IEmptyStateProps,
  IErrorNoticeProps,
  ILoadingProps,
  INoticeProps
} from './notices';
export { formatChange, formatCount, formatMetric } from './numbers';
export { SearchBox } from './searchBox';
export type { ISearchBoxProps } from './searchBox';
export { ToolButton } from './toolButton';
export type { IToolButtonProps } from './toolButton';
export { moreIcon, sortIcon } from './toolIcons';
export {
  absoluteTime,
  clockTime,
  dateOf,
  dayOf,
  duration,
  relativeTime,
  useNow
} from './time';
