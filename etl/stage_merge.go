package etl

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"verso/etl/canon"
	"verso/etl/cast"
	"verso/etl/landing"
	"verso/etl/merge"
	"verso/olap/engine"
)

// The modes of meta.stage_change.
const (
	changedNone = "none"
	changedSome = "some"
	changedAll  = "all"
)

// tableChange is how a stage table differs from that of the last generation.
type tableChange struct {
	mode string
	merge.Change
}

// round is what is staged of one table at once: at most one segment a mapping.
type round struct {
	loads    []*Load
	segments []landing.Segment
}

// known reports whether the draft holds a table's rows as the last generation
// had them, so that only new segments are staged.
func (s *State) known(t *canon.Table) bool {
	if s.Base == nil || !s.Base.Copied || s.Base.digests[t.Name] != tableDigest(s.Config, t) {
		return false
	}
	for _, l := range s.loadsOf(t.Name) {
		held, ok := s.Base.segments[baseKey{t.Name, l.no}]
		x := l.origin
		if !ok || held > x.chain.Last() {
			return false
		}
		if n := x.landed.Segment; n != nil && n.Kind == landing.Full {
			continue
		}
		tail := x.chain.Tail()
		if len(tail) == 0 || held < tail[0].No {
			return false
		}
	}
	return true
}

// rounds orders the segments of a table that are to be staged.
func (s *State) rounds(t *canon.Table, known bool) []round {
	var out []round
	for _, l := range s.loadsOf(t.Name) {
		segments := l.origin.segments()
		if known {
			held := s.Base.segments[baseKey{t.Name, l.no}]
			segments = slices.DeleteFunc(slices.Clone(segments), func(g landing.Segment) bool { return g.No <= held || g.Nothing() })
		}
		for i, g := range segments {
			if i == len(out) {
				out = append(out, round{})
			}
			out[i].loads, out[i].segments = append(out[i].loads, l), append(out[i].segments, g)
		}
	}
	return out
}

// stageTable stages what is new of one table, sets bad rows aside and merges it
// with what was known.
func (s *State) stageTable(ctx context.Context, t *canon.Table) error {
	loads := s.loadsOf(t.Name)
	if len(loads) == 0 {
		return nil
	}
	known := s.known(t)
	rounds := s.rounds(t, known)
	if known {
		if err := s.bind(ctx, t, round{}); err != nil {
			return err
		}
	}
	if len(rounds) == 0 {
		return s.tally(ctx, t, loads)
	}
	if known {
		if err := s.sumBefore(ctx, t); err != nil {
			return err
		}
	}
	change := &tableChange{mode: changedAll}
	if known {
		change.mode = changedSome
	}
	s.changed = change
	for i, r := range rounds {
		if err := s.stageRound(ctx, t, r, known, known || i > 0); err != nil {
			return err
		}
	}
	if !known {
		if err := s.bringCarried(ctx, t); err != nil {
			return err
		}
		if err := s.settleKeys(ctx, t, merge.Table{}); err != nil {
			return err
		}
	}
	if change.mode == changedSome && change.Change == (merge.Change{}) {
		change.mode = changedNone
		if _, err := s.exec(ctx, "DROP TABLE IF EXISTS due."+q("changed_"+t.Name)); err != nil {
			return err
		}
	}
	if err := s.sumHeld(ctx, t, false); err != nil {
		return err
	}
	if err := s.finish(ctx, t, loads); err != nil {
		return err
	}
	for _, l := range loads { // for the SELECTs of other tables
		if l.origin.SQL == "" {
			if _, err := s.exec(ctx, "CREATE OR REPLACE TEMP VIEW "+q(l.Source)+" AS "+s.allLanded(l.origin)); err != nil {
				return err
			}
		}
	}
	return s.tally(ctx, t, loads)
}

// sumBefore adds up what is known of a table before anything is merged.
func (s *State) sumBefore(ctx context.Context, t *canon.Table) error {
	if err := s.sumKnown(ctx, t); err != nil {
		return err
	}
	return s.sumHeld(ctx, t, true)
}

// stageRound stages one segment of each mapping that has one, and merges it with
// the rows that are there when base says that there are.
func (s *State) stageRound(ctx context.Context, t *canon.Table, r round, known, base bool) error {
	loads := s.loadsOf(t.Name)
	if err := s.bind(ctx, t, r); err != nil {
		return err
	}
	if base {
		if err := merge.Base(ctx, s.Conn, t.Name); err != nil {
			return err
		}
		if _, err := s.exec(ctx, createQuarantine(t.Name)); err != nil {
			return err
		}
	}
	all := stagings(loads)
	if _, err := s.exec(ctx, createStore(t, all)); err != nil {
		return err
	}
	var offset int64
	for i, l := range r.loads {
		if err := s.stageLoad(ctx, l, offset+r.segments[i].Offset, all); err != nil {
			return err
		}
		offset += l.Selected
		s.Note(offset, t.Name)
	}
	for _, part := range []func(context.Context, *canon.Table, []*Load) error{s.markDuplicates, s.countNotes, s.sumAll, s.setAside, s.dropMarked, s.restoreRows} {
		if err := part(ctx, t, r.loads); err != nil {
			return err
		}
	}
	if !base {
		for _, l := range r.loads {
			l.Run.Inserted += l.Loaded
		}
		return s.check(r)
	}
	return s.mergeRound(ctx, t, r, known)
}

func stagings(loads []*Load) []*staging {
	all := make([]*staging, len(loads))
	for i, l := range loads {
		all[i] = l.staging
	}
	return all
}

// bind puts the segments of a round at hand and resolves the mappings: also those
// that have none, by their last one, as the table has the columns of all.
func (s *State) bind(ctx context.Context, t *canon.Table, r round) error {
	for _, l := range s.loadsOf(t.Name) {
		i := slices.Index(r.loads, l)
		segments := l.origin.segments()
		g := segments[len(segments)-1]
		if i >= 0 {
			g = r.segments[i]
		}
		l.Extract = s.at(l.origin, g)
		if l.Extract.SQL == "" {
			if _, err := s.exec(ctx, "CREATE OR REPLACE TEMP VIEW "+q(l.Extract.Source)+" AS "+s.landedRows(l.Extract)); err != nil {
				return err
			}
		}
		st, err := s.resolve(ctx, l, i >= 0)
		if err != nil {
			return err
		}
		l.staging = st
	}
	for _, l := range r.loads {
		l.staging.key = s.ownKeys(t)
		if err := s.numberable(t, l); err != nil {
			return err
		}
	}
	return nil
}

// ownKeys are the stored columns of a key that the sources supply; nil for rows
// without a key and rows that are numbered.
func (s *State) ownKeys(t *canon.Table) []string {
	loads := s.loadsOf(t.Name)
	if len(t.Key) == 0 || s.numberedKey(t, loads) {
		return nil
	}
	return storedKey(t, loads)
}

// numberable refuses increments whose rows would be numbered otherwise in a
// rebuild.
func (s *State) numberable(t *canon.Table, l *Load) error {
	if l.Mapping.Incremental == nil || len(t.Key) == 0 || !s.numberedKey(t, s.loadsOf(t.Name)) {
		return nil
	}
	if len(s.loadsOf(t.Name)) == 1 && l.Mapping.Select == "" && l.Mapping.Incremental.By == "files" {
		return nil
	}
	return s.mappingError(t.Name, l.Mapping, "rows without "+strings.Join(t.Key, ", ")+" cannot be followed from one refresh to the next",
		"map "+strings.Join(t.Key, ", ")+", or remove incremental")
}

// mergeRound merges what was staged with what is known.
func (s *State) mergeRound(ctx context.Context, t *canon.Table, r round, known bool) error {
	m, err := s.mergeTable(ctx, t, r)
	if err != nil {
		return err
	}
	if known {
		if err := merge.Before(ctx, s.Conn, m); err != nil {
			return err
		}
	}
	if err := s.sumRemoved(ctx, t, m); err != nil {
		return err
	}
	counts, err := merge.Fold(ctx, s.Conn, m)
	if err != nil {
		return err
	}
	for _, l := range r.loads {
		c := counts[l.no]
		l.Run.Inserted += c.New
		l.Run.Updated += c.Changed
		l.Run.Unchanged += c.Unchanged
		l.Run.Deleted += c.Deleted
		l.Run.Dropped += c.Dropped
	}
	if err := s.check(r); err != nil || !known {
		return err
	}
	if err := s.settleKeys(ctx, t, m); err != nil {
		return err
	}
	change, err := merge.After(ctx, s.Conn, m)
	s.changed.Inserted += change.Inserted
	s.changed.Moved += change.Moved
	s.changed.Updated += change.Updated
	s.changed.Deleted += change.Deleted
	return err
}

// settleKeys keeps one row of a key that several mappings know.
func (s *State) settleKeys(ctx context.Context, t *canon.Table, m merge.Table) (err error) {
	loads := s.loadsOf(t.Name)
	if m.Name == "" {
		if m, err = s.mergeTable(ctx, t, round{}); err != nil {
			return err
		}
	}
	sources := make([]string, len(loads))
	for i, l := range loads {
		sources[i] = l.Source
	}
	row, _ := reasonOf(t, faultDuplicateRow)
	key, _ := reasonOf(t, faultDuplicateKey)
	return merge.Settle(ctx, s.Conn, m, row, key, sources)
}

// mergeTable describes a table to the merge.
func (s *State) mergeTable(ctx context.Context, t *canon.Table, r round) (merge.Table, error) {
	loads := s.loadsOf(t.Name)
	m := merge.Table{Name: t.Name, Key: s.ownKeys(t), Columns: storedColumns(t, loads), Keyed: len(t.Key) > 0, Several: len(loads) > 1}
	if slices.Contains(m.Columns, q("updated_at")) {
		m.Latest = q("updated_at")
	}
	for _, c := range t.Columns {
		if slices.Contains(t.Key, c.Name) || len(t.Key) == 0 && c.Type == canon.ID {
			value := constant(c, s.textIDs())
			if slices.Contains(m.Columns, q(c.Name)) {
				value = "s." + q(c.Name)
			}
			m.Changed = append(m.Changed, merge.Column{Name: c.Name, Value: value})
		}
	}
	m.Anew = len(r.loads) == len(loads)
	for i, l := range r.loads {
		load, err := s.mergeLoad(ctx, t, l, r.segments[i])
		if err != nil {
			return m, err
		}
		m.Anew = m.Anew && load.Kind == merge.Whole
		m.Loads = append(m.Loads, load)
	}
	return m, nil
}

func (s *State) mergeLoad(ctx context.Context, t *canon.Table, l *Load, g landing.Segment) (merge.Load, error) {
	out := merge.Load{No: l.no, Kind: merge.Part, Segment: g.No, Rejects: g.Whole}
	if g.Kind == landing.Full {
		out.Kind = merge.Whole
	}
	for _, span := range g.Replaced {
		out.Replaced = append(out.Replaced, merge.Span{Segment: span.Segment, From: span.From, To: span.To})
	}
	if w := g.Window; w != nil {
		column := "b." + q(w.Column)
		parts := []string{"true"}
		if w.From != "" {
			parts = append(parts, column+" >= "+engine.QuoteText(w.From))
		}
		if w.To != "" {
			parts = append(parts, column+" < "+engine.QuoteText(w.To))
		}
		out.Window = "(" + strings.Join(parts, " AND ") + ")"
		if w.Null {
			out.Window = "(" + out.Window + " OR " + column + " IS NULL)"
		}
	}
	if !g.Gone || len(s.ownKeys(t)) == 0 {
		return out, nil
	}
	var err error
	out.Gone, err = s.goneKeys(ctx, t, l)
	return out, err
}

// goneKeys reads the deleted keys of the segment at hand into a temporary table,
// typed as the stage table has them.
func (s *State) goneKeys(ctx context.Context, t *canon.Table, l *Load) (string, error) {
	name := q("_gone_" + t.Name + fmt.Sprint(l.no))
	var list []string
	for _, k := range t.Key {
		m, ok := l.staging.columns[k]
		if !ok {
			continue
		}
		c, _ := t.Column(k)
		source := m.Name
		if l.Mapping.Incremental != nil && l.Mapping.Incremental.Log != "" {
			source = findName(l.Extract.Report.Columns, k)
		}
		text := "trim(CAST(" + q(source) + " AS VARCHAR))"
		list = append(list, fmt.Sprintf("TRY_CAST(%s AS %s) AS %s", text, cast.EngineType(c.Type, s.textIDs()), q(k)))
	}
	_, err := s.exec(ctx, fmt.Sprintf("CREATE OR REPLACE TEMP TABLE %s AS SELECT %s FROM %s", name, strings.Join(list, ", "),
		s.DB.Dialect().ReadParquet(l.Extract.Path+landing.GoneEnding)))
	return name, err
}

// check asserts that every row read by a round is somewhere.
func (s *State) check(r round) error {
	for _, l := range r.loads {
		l.Run.Read += l.Read
		l.Run.Aside += l.Quarantined
		if c := l.Run; c.Read != c.Inserted+c.Updated+c.Unchanged+c.Aside {
			return &CountError{l.Table, l.Source, c.Read, c.Inserted + c.Updated + c.Unchanged, c.Aside}
		}
	}
	return nil
}
