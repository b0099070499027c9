package landing

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// put writes files of an extract.
func put(t *testing.T, s *Store, extract string, names ...string) {
	t.Helper()
	if err := os.MkdirAll(s.Folder(extract), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if err := os.WriteFile(s.Path(extract, name), []byte(name), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// files lists the folder of an extract.
func files(t *testing.T, s *Store, extract string) []string {
	t.Helper()
	entries, err := os.ReadDir(s.Folder(extract))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// saved is a chain whose files are there, as its manifest says.
func saved(t *testing.T, s *Store, c *Chain) *Chain {
	t.Helper()
	for i := range c.Segments {
		put(t, s, c.Extract, c.Segments[i].File)
		c.Segments[i].Bytes = int64(len(c.Segments[i].File))
	}
	if err := s.Save(c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLoad(t *testing.T) {
	s := Open(t.TempDir())
	c, err := s.Load("shop/orders") // no path of its own
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&Chain{Extract: "shop/orders", Next: 1}, c); diff != "" {
		t.Errorf("nothing landed (-want +got):\n%s", diff)
	}
	c.Segments = numbered(Full, Delta).Segments
	saved(t, s, c)
	back, err := s.Load("shop/orders")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, back); diff != "" {
		t.Errorf("(-saved +loaded):\n%s", diff)
	}
	for name, text := range map[string]string{"torn": `{"extract": "shop/or`, "of another": `{"extract": "stock"}`} {
		if err := os.WriteFile(s.manifest("shop/orders"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		_, err := s.Load("shop/orders")
		var damaged *DamagedError
		if !errors.As(err, &damaged) || damaged.Path != s.manifest("shop/orders") || !strings.Contains(err.Error(), "restore it from a backup") || errors.Unwrap(damaged) == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.Remove(s.manifest("shop/orders")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(s.manifest("shop/orders"), 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load("shop/orders"); err == nil {
		t.Error("a manifest that cannot be read is taken for none")
	}
}

func TestIntact(t *testing.T) {
	for name, x := range map[string]struct {
		harm func(s *Store, c *Chain) error
		want string
	}{
		"whole":                 {func(*Store, *Chain) error { return nil }, ""},
		"history missing":       {func(s *Store, c *Chain) error { return os.Remove(s.Path(c.Extract, fileOf(1))) }, ""},
		"first of tail missing": {func(s *Store, c *Chain) error { return os.Remove(s.Path(c.Extract, fileOf(2))) }, "b.parquet of shop is missing"},
		"last missing":          {func(s *Store, c *Chain) error { return os.Remove(s.Path(c.Extract, fileOf(3))) }, "c.parquet of shop is missing"},
		"cut short":             {func(s *Store, c *Chain) error { return os.Truncate(s.Path(c.Extract, fileOf(3)), 1) }, "has 1 bytes instead of 9"},
		"deleted keys missing":  {func(s *Store, c *Chain) error { c.Segments[2].Gone = true; return nil }, "the deleted keys of the segment c.parquet of shop are missing"},
		"deleted keys there": {func(s *Store, c *Chain) error {
			c.Segments[2].Gone = true
			put(t, s, c.Extract, fileOf(3)+GoneEnding)
			return nil
		}, ""},
		"deleted keys, no delta": {func(s *Store, c *Chain) error { c.Segments[0].Gone = true; return nil }, ""},
	} {
		s := Open(t.TempDir())
		c := saved(t, s, numbered(Full, Full, Delta))
		if err := x.harm(s, c); err != nil {
			t.Fatal(err)
		}
		ok, why := s.Intact(c)
		if ok != (x.want == "") || !strings.Contains(why, x.want) {
			t.Errorf("%s: %v %q, want %q", name, ok, why, x.want)
		}
	}
}

// After a crash the published generation says whether what was pending counts.
func TestSettle(t *testing.T) {
	for name, x := range map[string]struct {
		end      func(s *Store, c *Chain) error
		segments []int
		files    []string
	}{
		"published":      {func(s *Store, c *Chain) error { return s.Settle(c, 3) }, []int{1, 2, 3}, []string{"a.parquet", "b.parquet", "c.parquet", "c.parquet.rejects", "stray"}},
		"not published":  {func(s *Store, c *Chain) error { return s.Settle(c, 2) }, []int{1, 2}, []string{"a.parquet", "b.parquet", "stray"}},
		"no generation":  {func(s *Store, c *Chain) error { return s.Settle(c, 0) }, []int{1, 2}, []string{"a.parquet", "b.parquet", "stray"}},
		"confirmed":      {func(s *Store, c *Chain) error { return s.Confirm(c) }, []int{1, 2, 3}, []string{"a.parquet", "b.parquet", "c.parquet", "c.parquet.rejects", "stray"}},
		"forgotten":      {func(s *Store, c *Chain) error { return s.Forget(c) }, []int{1, 2}, []string{"a.parquet", "b.parquet", "stray"}},
		"pruned to last": {func(s *Store, c *Chain) error { return errors.Join(s.Confirm(c), s.Prune(c, 1)) }, []int{3}, []string{"c.parquet", "c.parquet.rejects"}},
		"swept":          {func(s *Store, c *Chain) error { return s.Sweep(c) }, []int{1, 2}, []string{"a.parquet", "b.parquet", "c.parquet", "c.parquet.rejects"}},
		"spared":         {func(s *Store, c *Chain) error { return s.Sweep(c, "", "str") }, []int{1, 2}, []string{"a.parquet", "b.parquet", "c.parquet", "c.parquet.rejects", "stray"}},
	} {
		s := Open(t.TempDir())
		c := numbered(Full, Delta)
		c.Pending = &Pending{Segment: &Segment{No: 3, Kind: Full, File: "c.parquet", Bytes: 9}}
		saved(t, s, c)
		put(t, s, c.Extract, "c.parquet", "c.parquet.rejects", "stray")
		if name == "spared" {
			put(t, s, c.Extract, "litter") // begins with none of what is spared
		}
		if err := x.end(s, c); err != nil {
			t.Fatal(err)
		}
		if got := files(t, s, c.Extract); !slices.Equal(got, x.files) {
			t.Errorf("%s: files %v, want %v", name, got, x.files)
		}
		back, err := s.Load(c.Extract)
		if err != nil {
			t.Fatal(err)
		}
		if got := numbers(back.Segments); !slices.Equal(got, x.segments) || !strings.HasPrefix(name, "s") && back.Pending != nil {
			t.Errorf("%s: the manifest has %v and pending %v, want %v", name, got, back.Pending, x.segments)
		}
	}
}

// A segment without a number that the generation could hold is not taken over.
func TestSettleWithoutSegment(t *testing.T) {
	s := Open(t.TempDir())
	c := saved(t, s, numbered(Full))
	c.Pending = &Pending{Position: Position{Watermark: "9"}}
	if err := s.Settle(c, 0); err != nil || c.Position.Watermark != "" || c.Pending != nil {
		t.Errorf("a watermark of an unpublished run stays: %+v, %v", c, err)
	}
}

// Files of digests stay as long as the chain or what is pending names them.
func TestSweepKeepsDigests(t *testing.T) {
	s := Open(t.TempDir())
	c := saved(t, s, numbered(Full))
	c.Position.Known = "old.known"
	c.Pending = &Pending{Position: Position{Known: "new.known"}}
	put(t, s, c.Extract, "old.known", "new.known", "other.known")
	if err := s.Sweep(c); err != nil {
		t.Fatal(err)
	}
	if got, want := files(t, s, c.Extract), []string{"a.parquet", "new.known", "old.known"}; !slices.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
	if err := s.Sweep(&Chain{Extract: "never landed"}); err != nil {
		t.Error(err)
	}
}

// Names that lead out of the folder are never removed.
func TestRemoveStaysInside(t *testing.T) {
	s := Open(t.TempDir())
	put(t, s, "shop", "a")
	put(t, s, "other", "b")
	if err := s.remove(&Chain{Extract: "shop"}, []string{"", filepath.Join("..", "other", "b"), "a", "gone already"}); err != nil {
		t.Fatal(err)
	}
	if got := files(t, s, "other"); !slices.Equal(got, []string{"b"}) {
		t.Errorf("a file of another extract was removed: %v", got)
	}
	if got := files(t, s, "shop"); len(got) != 0 {
		t.Errorf("left: %v", got)
	}
}

// A crash between any two changes of the disk leaves the old manifest or the new
// one, and every file that it names.
func TestCrash(t *testing.T) {
	errCrash := errors.New("crash")
	for at := 0; ; at++ {
		dir := t.TempDir()
		s := Open(dir)
		c := numbered(Full, Delta)
		c.Pending = &Pending{Segment: &Segment{No: 3, Kind: Full, File: "c.parquet"}, Replaces: 2}
		saved(t, s, c)
		put(t, s, c.Extract, "c.parquet")
		steps := 0
		s = s.WithStep(func(string) error {
			if steps++; steps > at {
				return errCrash
			}
			return nil
		})
		err := s.Confirm(c)
		if err != nil && !errors.Is(err, errCrash) {
			t.Fatal(err)
		}
		back, loadErr := Open(dir).Load("shop")
		if loadErr != nil {
			t.Fatalf("crash at %d: %v", at, loadErr)
		}
		if got := numbers(back.Segments); !slices.Equal(got, []int{1, 2}) && !slices.Equal(got, []int{3}) {
			t.Fatalf("crash at %d: %v", at, got)
		}
		for _, g := range back.Segments {
			if _, err := os.Stat(s.Path("shop", g.File)); err != nil {
				t.Errorf("crash at %d: %v", at, err)
			}
		}
		if err == nil {
			if at < 3 {
				t.Errorf("only %d moments of a crash", at)
			}
			return
		}
	}
}

func TestChecksum(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(path, []byte("123456789"), 0o666); err != nil {
		t.Fatal(err)
	}
	sum, err := Checksum(path) // the check value of CRC-32C, RFC 3720 appendix B.4 and the catalogue of CRC algorithms
	if err != nil || sum != 0xE3069283 {
		t.Errorf("%08x, %v", sum, err)
	}
	if _, err := Checksum(path + "-"); err == nil {
		t.Error("a missing file has a checksum")
	}
	if err := errors.Join(SyncFile(path), SyncDir(filepath.Dir(path))); err != nil {
		t.Error(err)
	}
	if SyncFile(path+"-") == nil || SyncDir(path+"-") == nil {
		t.Error("what is not there was synced")
	}
}
