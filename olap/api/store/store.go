// Package store hands out what a person may see of the published generation:
// all of it, or their cut, made when it is first asked for.
package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"verso/olap"
	"verso/olap/access"
	"verso/olap/api"
	"verso/olap/engine"
	"verso/olap/warehouse"
)

// Options say what is handed out.
type Options struct {
	Warehouse *warehouse.Warehouse
	Open      warehouse.Opener // opens and makes cuts
	Policy    *access.Policy   // nil: everybody sees everything
	Olap      olap.Options     // of every Olap handed out; a cut has a Model of its own
	// RollupFacts is how many facts a cube of a cut needs for its rollups to be
	// built; 0: rollup.WorthFacts.
	RollupFacts int64
	Keep        int // cuts of a generation kept on the disk; 0: 64
	// Held is how many bytes the engine holds in memory for a database; nil: it
	// does not say.
	Held func(context.Context, engine.Querier) (int64, error)
}

// Store implements api.Store over a warehouse. Persons with the same rights share
// an open file and an Olap. It is safe for many goroutines.
type Store struct {
	options Options
	dir     string // of the cuts

	mu     sync.Mutex
	open   map[string]*opened // by generation and cut
	making map[string]int     // paths of cuts that are being made, and how often
	uses   int64
	closed bool
	fills  sync.WaitGroup
}

// maxIdle is how many cuts that nobody uses stay open for the next request.
const maxIdle = 16

// opened is a generation or a cut that is open, or being opened.
type opened struct {
	ready      chan struct{} // closed when what follows is set
	err        error
	generation string
	cut        string             // "": the whole
	cancel     context.CancelFunc // ends the making of it
	path       string
	db         engine.Database
	olap       *olap.Olap
	memo       api.Memo
	snapshot   *warehouse.Snapshot // keeps the generation of a cut, too
	refs       int
	used       int64 // the larger, the later
	report     *access.Report
}

// New makes a store. Close it before its warehouse.
func New(o Options) *Store {
	if o.Keep <= 0 {
		o.Keep = 64
	}
	return &Store{options: o, dir: filepath.Join(o.Warehouse.Dir(), "cuts"), open: map[string]*opened{}, making: map[string]int{}}
}

// Open gives what a person may see of the generation published now. Without a
// policy that is everything. A person whose roles the policy does not know gets
// an error and nothing else.
func (s *Store) Open(ctx context.Context, person access.Person) (*api.Lease, error) {
	rules := access.Rules{Whole: true, All: true, Names: true, SQL: true, Facts: true, AllPages: true}
	if s.options.Policy != nil {
		var err error
		if rules, err = s.options.Policy.Rules(person); err != nil {
			return nil, err
		}
	}
	o, err := s.acquire(ctx, rules)
	if err != nil {
		return nil, err
	}
	rights := rules.Rights()
	if o.report != nil {
		rights.Told += gathered(o.report, " Of %d facts of all cubes, %d stand there and %d are left out; counts of customers leave both out.")
		rights.ToldZH += gathered(o.report, "全部数据集的 %d 条明细中，%d 条归入其中，%d 条未列出；客户数均不计入。")
	}
	lease := &api.Lease{Generation: o.generation, Path: o.path, Olap: o.olap, DB: o.db, Rights: rights, Memo: &o.memo, Release: sync.OnceFunc(func() { s.release(o) })}
	if !rights.SQL {
		lease.Path = ""
	}
	return lease, nil
}

// Report says what the cut of a person holds, making it first where it is not
// there; nil for who sees everything.
func (s *Store) Report(ctx context.Context, person access.Person) (*access.Report, error) {
	rules, err := s.options.Policy.Rules(person)
	if err != nil {
		return nil, err
	}
	o, err := s.acquire(ctx, rules)
	if err != nil {
		return nil, err
	}
	defer s.release(o)
	return o.report, nil
}

// attempts is how often a cut is made of ever newer generations, where each was
// replaced and removed before it was made.
const attempts = 5

// acquire counts one more user of what the rules show of the generation published
// now. One that was replaced and removed before its cut was made is passed over for
// the one in its place.
func (s *Store) acquire(ctx context.Context, rules access.Rules) (*opened, error) {
	for n := 1; ; n++ {
		snapshot, err := s.options.Warehouse.Acquire(ctx)
		if err != nil {
			return nil, err
		}
		g := snapshot.Generation()
		o, err := s.share(ctx, snapshot, rules)
		if err == nil || ctx.Err() != nil || n == attempts {
			return o, err
		}
		if _, gone := os.Stat(g.Path); !errors.Is(gone, fs.ErrNotExist) {
			return nil, err
		}
	}
}

// share counts one more user of what the rules show of a generation, whose snapshot
// it takes over. Whoever comes first opens it; the others wait for it.
func (s *Store) share(ctx context.Context, snapshot *warehouse.Snapshot, rules access.Rules) (*opened, error) {
	name := snapshot.Generation().Name
	key := name + " " + rules.Cut()
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, errors.Join(errors.New("the store is closed"), snapshot.Release())
	}
	o := s.open[key]
	if o == nil {
		o = &opened{ready: make(chan struct{}), generation: name, cut: rules.Cut(), snapshot: snapshot, refs: 1} // given back when it is filled
		s.open[key] = o
		// It is not given up when who asked first goes away.
		own, cancel := context.WithCancel(context.WithoutCancel(ctx))
		o.cancel = cancel
		made := o
		s.fills.Go(func() { s.fillAt(own, key, made, rules) })
	} else {
		_ = snapshot.Release() // o holds one of its own
	}
	if before := s.before(o); before != nil {
		o = before
	}
	o.refs++
	s.uses++
	o.used = s.uses
	s.mu.Unlock()
	select {
	case <-o.ready:
	case <-ctx.Done():
		s.release(o)
		return nil, ctx.Err()
	}
	if o.err != nil {
		s.release(o)
		return nil, o.err
	}
	return o, nil
}

// fillAt fills an entry and says so to those who wait for it.
func (s *Store) fillAt(ctx context.Context, key string, o *opened, rules access.Rules) {
	defer o.cancel()
	done := s.makes(o.snapshot.Generation(), rules)
	defer done()
	err := s.fill(ctx, o, rules)
	s.mu.Lock()
	if o.err = err; err != nil {
		delete(s.open, key)
	}
	s.mu.Unlock()
	close(o.ready)
	s.release(o)
	s.closeIdle(false)
}

// before is the same cut of an earlier generation, to be read while that of a new
// one is being made, which takes seconds; nil where there is none, or no need. The
// caller holds s.mu.
func (s *Store) before(o *opened) *opened {
	if o.cut == "" || o.filled() {
		return nil
	}
	var last *opened
	for _, other := range s.open {
		if other.cut != o.cut || !other.filled() || other.err != nil || last != nil && last.generation > other.generation {
			continue
		}
		if _, err := os.Stat(other.path); err == nil { // SQL opens it by name
			last = other
		}
	}
	return last
}

// filled reports whether an entry is ready, for better or worse.
func (o *opened) filled() bool {
	select {
	case <-o.ready:
		return true
	default:
		return false
	}
}

// outlived reports whether nobody will be given an entry any more: what they ask
// for is there of a newer generation. The caller holds s.mu.
func (s *Store) outlived(o *opened) bool {
	for _, other := range s.open {
		if other.generation > o.generation && (other.cut == o.cut && other.filled() && other.err == nil || s.twoAfter(o)) {
			return true
		}
	}
	return false
}

// twoAfter reports whether two newer generations have been asked for: an entry
// nobody asked for meanwhile is let go. The caller holds s.mu.
func (s *Store) twoAfter(o *opened) bool {
	newer := map[string]bool{}
	for _, other := range s.open {
		if other.generation > o.generation {
			newer[other.generation] = true
		}
	}
	return len(newer) > 1
}

// fill opens a generation, or makes and opens a cut of one.
func (s *Store) fill(ctx context.Context, o *opened, rules access.Rules) (err error) {
	if rules.Whole {
		o.db, o.path = o.snapshot.DB(), o.snapshot.Generation().Path
		o.olap, err = olap.Open(ctx, o.db, s.options.Olap)
		return err
	}
	if o.path, o.report, err = s.cut(ctx, o.snapshot.Generation(), rules); err != nil {
		return err
	}
	if o.db, err = s.options.Open(ctx, o.path, true); err != nil {
		o.db = nil // an opener may return a typed nil with its error
		return err
	}
	model, err := held(ctx, o.db, s.options.Olap.Catalog, rules)
	if err != nil {
		return err
	}
	options := s.options.Olap
	options.Model = model
	o.olap, err = olap.Open(ctx, o.db, options)
	return err
}

// gathered says how much stands under the unknown member, in a form of words.
func gathered(r *access.Report, words string) string {
	if len(r.Gathered) == 0 {
		return ""
	}
	var sum access.Gathered
	for _, g := range r.Gathered {
		sum.Facts, sum.Left, sum.Of = sum.Facts+g.Facts, sum.Left+g.Left, sum.Of+g.Of
	}
	return fmt.Sprintf(words, sum.Of, sum.Facts, sum.Left)
}

// release counts one user off. What is of an older generation goes with its last.
func (s *Store) release(o *opened) {
	s.mu.Lock()
	o.refs--
	idle := o.refs == 0 && (s.outlived(o) || s.closed || o.err != nil)
	if idle {
		s.forget(o)
	}
	s.mu.Unlock()
	if idle {
		o.close()
	}
}

// forget takes an entry out of the map; the caller holds s.mu.
func (s *Store) forget(o *opened) {
	for key, other := range s.open {
		if other == o {
			delete(s.open, key)
		}
	}
}

// closeIdle closes what nobody uses: everything at the end, else what is there of
// a newer generation, and of the rest what was used longest ago.
func (s *Store) closeIdle(everything bool) {
	var idle, stay []string
	s.mu.Lock()
	for key, o := range s.open {
		switch {
		case o.refs > 0:
		case everything || s.outlived(o):
			idle = append(idle, key)
		default:
			stay = append(stay, key)
		}
	}
	slices.SortFunc(stay, func(a, b string) int { return cmp.Compare(s.open[b].used, s.open[a].used) })
	idle = append(idle, stay[min(len(stay), maxIdle):]...)
	var closing []*opened
	for _, key := range idle {
		closing = append(closing, s.open[key])
		delete(s.open, key)
	}
	s.mu.Unlock()
	for _, o := range closing {
		o.close()
	}
}

// close gives back what is open; it was only read, so nothing that was answered
// depends on an error of it.
func (o *opened) close() {
	if o.olap != nil {
		o.olap.Drop()
	}
	if o.db != nil && o.db != o.snapshot.DB() {
		_ = o.db.Close()
	}
	_ = o.snapshot.Release()
}

// Held is what the store has open, and how many bytes of memory the engine holds
// for it. A database that does not answer is not counted.
func (s *Store) Held(ctx context.Context) (open int, bytes int64) {
	s.mu.Lock()
	var list []*opened
	for _, o := range s.open {
		if o.filled() && o.err == nil {
			o.refs++
			list = append(list, o)
		}
	}
	s.mu.Unlock()
	for _, o := range list {
		if s.options.Held != nil {
			if n, err := s.options.Held(ctx, o.db); err == nil {
				bytes += n
			}
		}
		s.release(o)
	}
	return len(list), bytes
}

// Close ends what is being made and closes what nobody uses; what is out is closed
// by its release.
func (s *Store) Close() error {
	s.mu.Lock()
	s.closed = true
	for _, o := range s.open {
		o.cancel()
	}
	s.mu.Unlock()
	s.fills.Wait()
	s.closeIdle(true)
	return nil
}

// makes notes that a cut is being made and opened: until done is called, it is not
// removed, though its generation was.
func (s *Store) makes(g warehouse.Generation, rules access.Rules) (done func()) {
	path := s.pathOf(g, rules)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.making[path]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.making[path]--; s.making[path] == 0 {
			delete(s.making, path)
		}
	}
}

// inUse are the paths of the cuts that are open here, which SQL opens again by name,
// or being made.
func (s *Store) inUse() map[string]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	paths := map[string]bool{}
	for path := range s.making {
		paths[path] = true
	}
	for _, o := range s.open {
		select {
		case <-o.ready:
			paths[o.path] = true
		default: // being made
		}
	}
	return paths
}

// prune removes the cuts of generations that are gone, and the oldest beyond keep
// of each, unless they are open here.
func (s *Store) prune() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	generations, err := s.options.Warehouse.Generations()
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, g := range generations {
		there[strings.TrimSuffix(g.Name, suffix)] = true
	}
	type file struct {
		name string
		used int64
	}
	cuts, used := map[string][]file{}, s.inUse()
	var errs []error
	for _, e := range entries {
		base, isCut := strings.CutSuffix(e.Name(), suffix)
		generation, _, ok := cutLast(base, "-")
		if !isCut || !ok || used[filepath.Join(s.dir, e.Name())] {
			continue
		}
		info, err := e.Info()
		switch {
		case err != nil: // gone since it was listed
		case !there[generation]:
			errs = append(errs, s.remove(base))
		default:
			cuts[generation] = append(cuts[generation], file{base, info.ModTime().UnixNano()})
		}
	}
	for _, list := range cuts {
		slices.SortFunc(list, func(a, b file) int { return int(min(max(b.used-a.used, -1), 1)) })
		for _, f := range list[min(len(list), s.options.Keep):] {
			errs = append(errs, s.remove(f.name))
		}
	}
	return errors.Join(errs...)
}

// remove deletes a cut with its report.
func (s *Store) remove(base string) error {
	var errs []error
	for _, end := range []string{suffix, ".json", suffix + ".tmp"} {
		errs = append(errs, os.RemoveAll(filepath.Join(s.dir, base+end)))
	}
	return errors.Join(errs...)
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
