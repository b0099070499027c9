package site

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// manifest is the file that lists what verso wrote into a site's folder, and by
// which it knows the folder as its own.
const manifest = ".verso-site"

// manifestNext is the manifest while it is being replaced.
const manifestNext = manifest + ".new"

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

	out, beside string  // absolute folders; beside is "" once published or discarded
	folder      *folder // being written; nil once complete
}

// begin makes the folder beside out that a site is written into.
func begin(out string) (*Pending, error) {
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
	if p.folder, err = create(p.beside); err != nil {
		return nil, err
	}
	return p, nil
}

// abandon removes what was written of a site that cannot be completed.
func (p *Pending) abandon(cause error) error {
	return errors.Join(fmt.Errorf("the site before is untouched: %w", cause), p.folder.close(), clear(p.beside))
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
	return append(files, manifest, manifestNext), true, lines.Err()
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// carry moves what verso did not write from the old folder into the new one; a
// folder of which it wrote nothing, such as that of earlier editions, in one step.
func carry(from, to string, written []string) error {
	own := map[string]bool{}
	for _, name := range written {
		for ; name != "." && !own[name]; name = filepath.Dir(name) {
			own[name] = true
		}
	}
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == from {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil || own[rel] {
			return err
		}
		target := filepath.Join(to, rel)
		_, missing := os.Lstat(target)
		if missing == nil && d.IsDir() {
			return nil // into it
		}
		if missing == nil {
			return fmt.Errorf("%s is in the way of a file of the report; it stays in %s", rel, from)
		}
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.Rename(name, target); err != nil || !d.IsDir() {
			return err
		}
		return filepath.SkipDir
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
