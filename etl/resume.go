package etl

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"verso/etl/check"
	"verso/etl/extract"
	"verso/etl/landing"
	"verso/etl/outage"
	"verso/etl/resume"
	"verso/etl/source"
)

// Resumption is what a refresh that died left for the next one to go on from.
type Resumption struct {
	Run    string          // its id in the ledger
	Step   string          // its last finished step; "" when it died while it landed
	Mark   string          // of its draft as that step left it; "" when the draft holds nothing yet
	Copied bool            // that draft began as a copy of the published generation
	Caller json.RawMessage // what Options.Caller said

	oldest time.Time
	state  saved
}

// OnlyLanded makes it go on from what was landed alone: its draft cannot be had.
func (r *Resumption) OnlyLanded() {
	r.Step, r.Mark = "", ""
	var was savedLandings
	if json.Unmarshal(r.state.Unkept, &was) == nil {
		r.state.savedLandings = was
	}
}

// saved is what the steps hand to each other.
type saved struct {
	savedLandings
	Unkept   json.RawMessage         `json:"unkept,omitempty"` // savedLandings as they were before the step keep
	Loads    []savedLoad             `json:"loads,omitempty"`
	AsOf     time.Time               `json:"as_of,omitzero"`
	RunID    string                  `json:"run_id,omitempty"`
	Checks   *check.Report           `json:"checks,omitempty"`
	Sums     []columnSum             `json:"sums,omitempty"`
	Changes  map[string]*tableChange `json:"changes,omitempty"`
	Balances [][6]string             `json:"balances,omitempty"`
	Stale    []outage.Stale          `json:"stale,omitempty"`
	Tries    map[string]int          `json:"tries,omitempty"`
	Carried  []string                `json:"carried,omitempty"` // chains of Kept that this run writes
}

// savedLandings is what a run that has to begin with an empty draft goes on from.
type savedLandings struct {
	Extracts []savedExtract            `json:"extracts"`
	Kept     map[string]*landing.Chain `json:"kept,omitempty"` // the chains of carried rows and versions
}

type savedExtract struct {
	Name   string          `json:"name"`
	Began  time.Time       `json:"began,omitzero"` // landing
	Took   time.Duration   `json:"took,omitempty"`
	Done   bool            `json:"done,omitempty"`
	Full   bool            `json:"full,omitempty"`
	Temp   string          `json:"temp,omitempty"` // name of the landed file until it is kept
	Landed *extract.Landed `json:"landed"`
	Report source.Report   `json:"report"`
	SHA256 string          `json:"sha256,omitempty"`
	Drift  []Drift         `json:"drift,omitempty"`
	AsOf   string          `json:"as_of,omitempty"`
	Chain  *landing.Chain  `json:"chain"`
	// Sums are the checksums of the landed file and of those beside it, by ending.
	Sums map[string]uint32 `json:"sums,omitempty"`
}

type savedLoad struct {
	Table       string            `json:"table"`
	Source      string            `json:"source"`
	Read        int64             `json:"read"`
	Selected    int64             `json:"selected"`
	Loaded      int64             `json:"loaded"`
	Quarantined int64             `json:"quarantined"`
	Aside       int64             `json:"aside"`
	Run         RunCounts         `json:"run"`
	Segment     int               `json:"segment,omitempty"` // at hand; 0 for none
	Columns     map[string]mapped `json:"columns"`
}

// stands is all that a refresh depends on besides what its steps hand on.
func stands(o Options) (resume.Stands, error) {
	text, err := json.Marshal(o.Config)
	if err != nil {
		return resume.Stands{}, err
	}
	sum := sha256.Sum256(append(text, o.Config.File...))
	period := "none"
	if o.Period != nil {
		period = o.Period.From.Format(time.DateOnly) + ":" + o.Period.To.Format(time.DateOnly)
	}
	s := resume.Stands{Version: o.Version, Program: o.Program, Config: hex.EncodeToString(sum[:]),
		Choices: fmt.Sprintf("mode %d, dry %v, period %s, inputs %q, %s", o.Mode, o.Dry, period, o.Inputs, o.Choices)}
	if o.Base != nil {
		s.Base = o.Base.Generation
	}
	return s, nil
}

// FindResumption looks for a refresh that died and that one with these options
// can go on from; nil where there is none, and then why says what speaks against
// it, "" when none died. It may ask files whether they are what they were.
func FindResumption(ctx context.Context, o Options) (r *Resumption, why string) {
	now, err := stands(o)
	if err != nil {
		return nil, err.Error()
	}
	record, why := resume.Find(o.Config.Warehouse, now, o.Clock(), o.Config.Night.ResumeWithin)
	if record == nil {
		return nil, why
	}
	r = &Resumption{Run: record.Run, Step: record.Step, Mark: record.Mark, Copied: record.Copied, Caller: record.Caller, oldest: record.Oldest}
	if err := json.Unmarshal(record.State, &r.state); err != nil {
		return nil, fmt.Sprintf("%s cannot be read: %v", resume.File, err)
	}
	if r.Mark == "" {
		return r, "" // what was landed is looked at while landing
	}
	o.Resume = r
	s, err := newState(o)
	if err != nil {
		return nil, err.Error()
	}
	if err := s.restore(ctx); err != nil {
		return nil, err.Error()
	}
	return r, ""
}

// stepAfter is the place of the step that follows the named one, -1 for none.
func (s *State) stepAfter(name string) int {
	steps := s.steps()
	i := slices.IndexFunc(steps, func(t Step) bool { return t.Name == name })
	if i < 0 || i+1 >= len(steps) {
		return -1
	}
	return i + 1
}

// before reports whether a step comes before another one.
func (s *State) before(name, other string) bool {
	return s.stepAfter(name) < s.stepAfter(other)
}

// takeUp goes on from a refresh that died. It returns the place of the step to
// begin with.
func (s *State) takeUp(ctx context.Context) (int, error) {
	r := s.Resume
	if r == nil {
		return 0, nil
	}
	if r.Mark == "" {
		s.store = landing.Open(s.Config.Warehouse).WithStep(s.Crash)
		if _, err := s.unkeep(); err != nil {
			return 0, err
		}
		s.reuse = map[string]savedExtract{}
		for _, x := range r.state.Extracts {
			if x.Done {
				s.reuse[x.Name] = x
			}
		}
		s.Log.Info("going on from a refresh that died", "run", r.Run, "landed", len(s.reuse))
		return 0, nil
	}
	if err := s.restore(ctx); err != nil {
		return 0, err
	}
	s.unkept = r.state.Unkept
	if s.before(r.Step, "keep") {
		chains, err := s.unkeep()
		if err != nil {
			return 0, err
		}
		for _, x := range s.Extracts {
			x.chain = chains[x.Name]
		}
		if s.unkept, err = json.Marshal(r.state.savedLandings); err != nil {
			return 0, err
		}
	}
	s.Log.Info("going on from a refresh that died", "run", r.Run, "after", r.Step)
	return s.stepAfter(r.Step), nil
}

// restore puts the state in place that the steps up to Resume.Step left, and
// refuses when what it speaks of is not as it was.
func (s *State) restore(ctx context.Context) error {
	from := s.Resume.state
	if s.stepAfter(s.Resume.Step) < 0 {
		return fmt.Errorf("no step follows %q", s.Resume.Step)
	}
	if err := s.plan(); err != nil {
		return err
	}
	s.store = landing.Open(s.Config.Warehouse).WithStep(s.Crash)
	if len(from.Extracts) != len(s.Extracts) || len(from.Loads) != len(s.Loads) {
		return errors.New("it had other extracts")
	}
	for i, x := range s.Extracts {
		if err := s.restoreExtract(x, from.Extracts[i]); err != nil {
			return err
		}
	}
	if s.before(s.Resume.Step, "check") {
		if err := s.recall(ctx, s.Extracts); err != nil {
			return err
		}
	}
	for i, l := range s.Loads {
		if err := s.restoreLoad(l, from.Loads[i]); err != nil {
			return err
		}
	}
	for _, name := range from.Carried {
		c, err := s.store.Load(name)
		if err != nil {
			return err
		}
		if !sameChain(c, from.Kept[name]) {
			return fmt.Errorf("the landing of %s has changed", name)
		}
		s.carried = append(s.carried, c)
	}
	s.AsOf, s.RunID, s.Checks, s.sums, s.old.balances = from.AsOf, from.RunID, from.Checks, from.Sums, from.Balances
	if from.Changes != nil {
		s.changes = from.Changes
	}
	s.outage.Restore(from.Stale, from.Tries)
	return nil
}

func (s *State) restoreExtract(x *Extract, from savedExtract) error {
	if x.Name != from.Name || from.Landed == nil || from.Chain == nil {
		return errors.New("it had other extracts")
	}
	var err error
	if x.chain, err = s.store.Load(x.Name); err != nil {
		return err
	}
	have := x.chain
	if s.before(s.Resume.Step, "keep") {
		have = unkept(have, from.Chain)
	}
	if !sameChain(have, from.Chain) {
		return fmt.Errorf("the landing of %s has changed", x.Name)
	}
	if ok, why := s.store.Intact(x.chain); !ok && x.chain.Tail() != nil && (from.Landed.Segment == nil || from.Landed.Segment.Kind != landing.Full) {
		return errors.New(why)
	}
	x.landed, x.Report, x.SHA256, x.drift, x.asOf = from.Landed, from.Report, from.SHA256, from.Drift, from.AsOf
	x.sums = from.Sums
	x.took, x.done, x.full, x.began = from.Took, from.Done, from.Full, from.Began
	x.temp = filepath.Join(s.store.Folder(x.Name), from.Temp)
	x.Path = x.temp
	return s.landedIntact(x)
}

// landedIntact refuses when the file of what was just landed is not as it was.
func (s *State) landedIntact(x *Extract) error {
	g := x.landed.Segment
	if g == nil {
		return nil
	}
	info, err := os.Stat(s.store.Path(x.Name, g.File))
	if err != nil {
		return err
	}
	if info.Size() != g.Bytes {
		return fmt.Errorf("what was landed of %s has %d bytes instead of %d", x.Name, info.Size(), g.Bytes)
	}
	for ending, want := range x.sums {
		have, err := landing.Checksum(s.store.Path(x.Name, g.File+ending))
		if ending == landing.KnownEnding && errors.Is(err, fs.ErrNotExist) {
			continue // taken over when the landing was kept
		}
		if err != nil {
			return err
		}
		if have != want {
			return fmt.Errorf("what was landed of %s is damaged: %s", x.Name, g.File+ending)
		}
	}
	return nil
}

// recall asks the sources with files whether those that were read are what they
// were: the places of bad rows are looked up in them.
func (s *State) recall(ctx context.Context, extracts []*Extract) error {
	conn, err := s.Scratch.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, x := range extracts {
		locator, ok := s.Sources[x.Source].(source.Locator)
		if g := x.landed.Segment; !ok || g == nil || !x.landed.Direct || !x.done {
			continue
		}
		if err := locator.Recall(ctx, conn, x.Report.Files); err != nil {
			return err
		}
	}
	return nil
}

func (s *State) restoreLoad(l *Load, from savedLoad) error {
	if l.Table != from.Table || l.Source != from.Source {
		return errors.New("it had other mappings")
	}
	l.Read, l.Selected, l.Loaded, l.Quarantined, l.aside, l.Run = from.Read, from.Selected, from.Loaded, from.Quarantined, from.Aside, from.Run
	l.staging = &staging{table: l.table, source: l.Source, load: l.no, columns: from.Columns, textIDs: s.textIDs()}
	if from.Segment == 0 {
		return nil
	}
	for _, g := range l.origin.segments() {
		if g.No == from.Segment {
			l.Extract = s.at(l.origin, g)
			return nil
		}
	}
	return fmt.Errorf("segment %d of %s is gone", from.Segment, l.origin.Name)
}

// sameChain compares manifests.
func sameChain(a, b *landing.Chain) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// unkept is a chain without what the step keep did to it since it was was.
func unkept(c, was *landing.Chain) *landing.Chain {
	if c.Pending == nil || was.Pending != nil {
		return c
	}
	out := *c
	out.Pending, out.Next = nil, was.Next
	return &out
}

// unkeep takes back what the step keep did before its process died: it is done
// again, from the same landings. It returns the chains of the extracts.
func (s *State) unkeep() (chains map[string]*landing.Chain, err error) {
	chains = map[string]*landing.Chain{}
	for _, x := range s.Resume.state.Extracts {
		if chains[x.Name], err = s.takeBack(x.Name, x.Chain, x.Temp); err != nil {
			return nil, err
		}
	}
	for name, was := range s.Resume.state.Kept {
		if _, err := s.takeBack(name, was, ""); err != nil {
			return nil, err
		}
	}
	return chains, nil
}

// takeBack makes a chain again what it was before the step keep. One that has
// become another is left alone: what was landed for it is not used.
func (s *State) takeBack(name string, was *landing.Chain, spare string) (*landing.Chain, error) {
	c, err := s.store.Load(name)
	if err != nil {
		return nil, err
	}
	if was == nil || !sameChain(unkept(c, was), was) {
		return c, nil
	}
	if !sameChain(c, was) {
		c = unkept(c, was)
		if err := s.store.Save(c); err != nil {
			return nil, err
		}
	}
	return c, s.store.Sweep(c, spare)
}

// reused takes over what a refresh that died had landed of an extract, if it is
// as it was; otherwise it says why not.
func (s *State) reused(ctx context.Context, x *Extract) bool {
	from, ok := s.reuse[x.Name]
	if !ok {
		return false
	}
	why := ""
	temp := x.temp
	switch {
	case !sameChain(x.chain, from.Chain):
		why = "its chain is another now"
	case from.Full != x.full:
		why = "it was to be read otherwise"
	default:
		x.landed, x.done, x.sums = from.Landed, true, from.Sums
		x.Report, x.temp = from.Report, filepath.Join(s.store.Folder(x.Name), from.Temp)
		err := s.landedIntact(x)
		if err == nil {
			err = s.recall(ctx, []*Extract{x})
		}
		if err != nil {
			why = err.Error()
		}
	}
	if why != "" {
		s.Log.Info("landed again", "extract", x.Name, "because", why)
		x.temp, x.done, x.Report = temp, false, source.Report{}
		x.landed = &extract.Landed{Position: x.chain.Position}
		return false
	}
	x.Path, x.began, x.took = x.temp, from.Began, from.Took
	s.Log.Info("landed before", "extract", x.Name, "rows", x.Report.Landed)
	return true
}
