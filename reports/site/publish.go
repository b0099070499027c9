package site

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"verso/reports/html"
)

// manifest is the file that lists what verso wrote into a site's folder, and by
// which it knows the folder as its own.
const manifest = ".verso-site"

// ForeignError is a folder that holds files but no site of verso.
type ForeignError struct{ Dir string }

// Error says what to do.
func (e *ForeignError) Error() string {
	return fmt.Sprintf("%s is not empty and was not made by verso; name another folder, or empty it", e.Dir)
}

// Usable refuses a folder that a site must not be written to, with a
// *ForeignError; a folder that does not exist yet is fine.
func Usable(dir string) error {
	_, _, err := readManifest(dir)
	return err
}

// Pending is a site that is written beside the published one.
type Pending struct {
	Summary Summary

	out, beside string // absolute folders; beside is "" once published or discarded
}

// stage writes the files into a folder beside out and makes them durable.
func stage(out string, files []html.File) (*Pending, error) {
	out, err := filepath.Abs(out)
	if err != nil {
		return nil, err
	}
	if _, _, err := readManifest(out); err != nil {
		return nil, err
	}
	p := &Pending{out: out, beside: filepath.Join(filepath.Dir(out), "."+filepath.Base(out)+".verso-new")}
	if err := p.recover(); err != nil {
		return nil, err
	}
	if err := write(p.beside, files); err != nil {
		return nil, errors.Join(fmt.Errorf("the site before is untouched: %w", err), clear(p.beside))
	}
	return p, nil
}

// recover removes what a crash left beside the site. Files there that verso did
// not write go back into the site.
func (p *Pending) recover() error {
	left, exists, err := readManifest(p.beside)
	if err != nil || !exists {
		return err
	}
	if _, err := os.Stat(p.out); err == nil {
		if err := carry(p.beside, p.out, left); err != nil {
			return err
		}
	}
	return clear(p.beside)
}

// Discard removes the pending folder; after Publish it does nothing.
func (p *Pending) Discard() error {
	beside := p.beside
	p.beside = ""
	if beside == "" {
		return nil
	}
	return clear(beside)
}

// Publish puts the pending folder in the place of the published one, in one step
// where the system can. Files there that verso did not write move along.
func (p *Pending) Publish() error {
	if p.beside == "" {
		return errors.New("site: nothing to publish")
	}
	beside := p.beside
	old, exists, err := readManifest(p.out)
	if err != nil {
		return fmt.Errorf("site: %w", err)
	}
	if !exists {
		if err := os.Rename(beside, p.out); err != nil {
			return fmt.Errorf("site: %w", err)
		}
		p.beside = ""
		return syncDir(filepath.Dir(p.out))
	}
	if err := exchange(beside, p.out); err != nil {
		return fmt.Errorf("site: %w", err)
	}
	p.beside = ""
	if err := syncDir(filepath.Dir(p.out)); err != nil {
		return err
	}
	if err := carry(beside, p.out, old); err != nil {
		return fmt.Errorf("site: the new site is published, but %w", err)
	}
	return clear(beside)
}

// readManifest lists the files of a site, and tells whether the folder exists.
func readManifest(dir string) (files []string, exists bool, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	text, err := os.ReadFile(filepath.Join(dir, manifest))
	if errors.Is(err, fs.ErrNotExist) {
		if len(entries) > 0 {
			return nil, true, &ForeignError{Dir: dir}
		}
		return nil, true, nil
	}
	if err != nil {
		return nil, true, err
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if _, name, ok := strings.Cut(lines.Text(), "  "); ok && filepath.IsLocal(filepath.FromSlash(name)) {
			files = append(files, filepath.FromSlash(name))
		}
	}
	return append(files, manifest), true, lines.Err()
}

// write fills a new folder and makes it durable. The manifest comes first, so
// that a folder left by a crash is known as verso's.
func write(dir string, files []html.File) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	sorted := slices.Clone(files)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].Path < sorted[j].Path })
	var list bytes.Buffer
	for i, f := range sorted {
		if i > 0 && sorted[i-1].Path == f.Path {
			return fmt.Errorf("two files want the name %s", f.Path)
		}
		sum := sha256.Sum256(f.Data)
		fmt.Fprintf(&list, "%s  %s\n", hex.EncodeToString(sum[:]), f.Path)
	}
	if err := writeFile(filepath.Join(dir, manifest), list.Bytes()); err != nil {
		return err
	}
	dirs := map[string]bool{dir: true}
	for _, f := range sorted {
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		dirs[filepath.Dir(name)] = true
		if err := writeFile(name, f.Data); err != nil {
			return err
		}
	}
	for d := range dirs {
		if err := syncDir(d); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// carry moves what verso did not write from the old folder into the new one.
func carry(from, to string, written []string) error {
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil || slices.Contains(written, rel) {
			return err
		}
		target := filepath.Join(to, rel)
		if _, err := os.Lstat(target); err == nil {
			return fmt.Errorf("%s is in the way of a file of the report; it stays in %s", rel, from)
		}
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		return os.Rename(name, target)
	})
}

// clear removes a folder that verso made: the files of its manifest and the
// folders that are empty then. Anything else in it is an error, not removed.
func clear(dir string) error {
	files, exists, err := readManifest(dir)
	if err != nil || !exists {
		return err
	}
	for _, name := range files {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	var dirs []string
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			dirs = append(dirs, name)
		}
		return err
	})
	if err != nil {
		return err
	}
	slices.Reverse(dirs)
	for _, d := range dirs {
		if err := os.Remove(d); err != nil {
			return fmt.Errorf("cannot clear %s: %w", dir, err)
		}
	}
	return nil
}
