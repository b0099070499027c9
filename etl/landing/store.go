package landing

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Store is the landing folder of a warehouse. The caller holds the lock of the
// warehouse.
type Store struct {
	dir string
	// step, when set by a test, is asked before every change of the disk; an
	// error of it stands for a crash at that moment.
	step func(what string) error
}

// Open returns the landing folder of a warehouse folder. It touches no file.
func Open(warehouse string) *Store { return &Store{dir: filepath.Join(warehouse, "landing")} }

// WithStep makes the store ask step before every change of the disk, for tests
// of crashes.
func (s *Store) WithStep(step func(what string) error) *Store {
	s.step = step
	return s
}

// Folder is where the segments of an extract lie.
func (s *Store) Folder(extract string) string { return filepath.Join(s.dir, url.PathEscape(extract)) }

// Path is the file of a segment.
func (s *Store) Path(extract, file string) string { return filepath.Join(s.Folder(extract), file) }

func (s *Store) manifest(extract string) string { return s.Folder(extract) + ".json" }

// DamagedError is a manifest that cannot be used.
type DamagedError struct {
	Path  string
	Cause error
}

// Error says which file, why, and what to do.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("landing: %s cannot be read: %v\n  restore it from a backup, or remove it: the next refresh then extracts everything anew", e.Path, e.Cause)
}

// Unwrap returns the cause.
func (e *DamagedError) Unwrap() error { return e.Cause }

// Load reads the chain of an extract: an empty one when nothing was landed.
func (s *Store) Load(extract string) (*Chain, error) {
	text, err := os.ReadFile(s.manifest(extract))
	if errors.Is(err, fs.ErrNotExist) {
		return &Chain{Extract: extract, Next: 1}, nil
	}
	if err != nil {
		return nil, err
	}
	c := &Chain{}
	if err := json.Unmarshal(text, c); err != nil {
		return nil, &DamagedError{s.manifest(extract), err}
	}
	if c.Extract != extract {
		return nil, &DamagedError{s.manifest(extract), fmt.Errorf("it is the manifest of %q", c.Extract)}
	}
	return c, nil
}

// Intact reports whether all files of the chain's tail are there with their
// sizes; why says what is not.
func (s *Store) Intact(c *Chain) (ok bool, why string) {
	for _, g := range c.Tail() {
		info, err := os.Stat(s.Path(c.Extract, g.File))
		if err != nil {
			return false, fmt.Sprintf("the segment %s of %s is missing", g.File, c.Extract)
		}
		if info.Size() != g.Bytes {
			return false, fmt.Sprintf("the segment %s of %s has %d bytes instead of %d", g.File, c.Extract, info.Size(), g.Bytes)
		}
		if g.Gone {
			if _, err := os.Stat(s.Path(c.Extract, g.File+GoneEnding)); err != nil {
				return false, fmt.Sprintf("the deleted keys of the segment %s of %s are missing", g.File, c.Extract)
			}
		}
	}
	return true, ""
}

// Save writes a manifest: a crash leaves the old one or the new one.
func (s *Store) Save(c *Chain) error {
	text, err := json.MarshalIndent(c, "", " ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.dir, 0o777); err != nil {
		return err
	}
	path := s.manifest(c.Extract)
	if err := s.before("write " + c.Extract); err != nil {
		return err
	}
	if err := writeSynced(path+".tmp", append(text, '\n')); err != nil {
		return errors.Join(err, os.Remove(path+".tmp"))
	}
	if err := s.before("rename " + c.Extract); err != nil {
		return err
	}
	if err := os.Rename(path+".tmp", path); err != nil {
		return err
	}
	return SyncDir(s.dir)
}

func (s *Store) before(what string) error {
	if s.step == nil {
		return nil
	}
	return s.step(what)
}

// Settle ends what an earlier run left pending in a chain: taken over when the
// published generation holds its segment, forgotten when not. holds is the
// number of the last segment of this extract that the published generation
// stands on, 0 for none.
func (s *Store) Settle(c *Chain, holds int) error {
	if c.Pending == nil {
		return nil
	}
	published := c.Pending.Segment != nil && c.Pending.Segment.No == holds
	return s.end(c, published)
}

// Confirm takes over what is pending: its generation is published.
func (s *Store) Confirm(c *Chain) error { return s.end(c, true) }

// Forget drops what is pending: its generation was not published.
func (s *Store) Forget(c *Chain) error { return s.end(c, false) }

func (s *Store) end(c *Chain, published bool) error {
	if c.Pending == nil {
		return nil
	}
	dropped := c.settle(published)
	if err := s.Save(c); err != nil {
		return err
	}
	return s.remove(c, dropped)
}

// Prune keeps the newest keep full segments of a chain and what follows them,
// and clears files of the folder that the manifest does not know.
func (s *Store) Prune(c *Chain, keep int) error {
	if dropped := c.prune(keep); len(dropped) > 0 {
		if err := s.Save(c); err != nil {
			return err
		}
	}
	return s.Sweep(c)
}

// Sweep removes files of a chain's folder that its manifest does not name: what
// crashed runs left. Files that begin with one of spare stay.
func (s *Store) Sweep(c *Chain, spare ...string) error {
	entries, err := os.ReadDir(s.Folder(c.Extract))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var known []string
	for i := range c.Segments {
		known = append(known, c.Segments[i].names()...)
	}
	known = append(known, c.Position.Known)
	if c.Pending != nil {
		known = append(known, c.Pending.Position.Known)
		if c.Pending.Segment != nil {
			known = append(known, c.Pending.Segment.names()...)
		}
	}
	var dropped []string
	for _, e := range entries {
		spared := slices.ContainsFunc(spare, func(p string) bool { return p != "" && strings.HasPrefix(e.Name(), p) })
		if !spared && !slices.Contains(known, e.Name()) {
			dropped = append(dropped, e.Name())
		}
	}
	return s.remove(c, dropped)
}

func (s *Store) remove(c *Chain, names []string) error {
	for _, name := range names {
		if name == "" || strings.ContainsRune(name, filepath.Separator) {
			continue
		}
		if err := s.before("remove " + name); err != nil {
			return err
		}
		if err := os.Remove(s.Path(c.Extract, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func writeSynced(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// SyncDir makes the entries of a folder survive a power loss.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Checksum is the CRC-32C of a file.
func Checksum(path string) (uint32, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	sum := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	_, err = io.Copy(sum, f)
	return sum.Sum32(), err
}

// SyncFile makes the content of a file survive a power loss.
func SyncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
