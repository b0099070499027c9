package backup

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"filippo.io/age"
)

// manifestMost bounds what is read of a manifest: a million files take less.
const manifestMost = 256 << 20

// Read takes every file out of the backup at source into the folder into, which
// must not exist, and compares each with the manifest. On any error, a
// *DamagedError for a backup that is not whole, the folder is removed. into ""
// reads and compares only. identities open an encrypted backup.
func Read(ctx context.Context, source, into string, identities []age.Identity) (Manifest, error) {
	r := &reader{ctx: ctx, source: source, into: into, identities: identities, found: map[string]File{}}
	if into != "" {
		if _, err := os.Lstat(into); err == nil {
			return Manifest{}, fmt.Errorf("restore: %s exists already", into)
		}
		if err := os.MkdirAll(into, 0o755); err != nil {
			return Manifest{}, err
		}
	}
	m, err := r.read()
	if err != nil && into != "" {
		err = errors.Join(err, os.RemoveAll(into))
	}
	return m, err
}

type reader struct {
	ctx        context.Context
	source     string
	into       string
	identities []age.Identity
	manifest   []byte // nil until found
	found      map[string]File
}

func (r *reader) read() (Manifest, error) {
	info, err := os.Stat(r.source)
	if err != nil {
		return Manifest{}, err
	}
	if info.IsDir() {
		err = r.folder()
	} else {
		err = r.archive()
	}
	if err != nil {
		return Manifest{}, err
	}
	return r.compare()
}

func (r *reader) damaged(what string, cause error) error {
	return &DamagedError{Path: r.source, What: what, Cause: cause}
}

func (r *reader) archive() error {
	f, err := os.Open(r.source)
	if err != nil {
		return err
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(r.source, ".age") {
		if in, err = r.open(f); err != nil {
			return err
		}
	}
	entries := tar.NewReader(in)
	for {
		h, err := entries.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return r.damaged("it is cut short or not a backup of verso", err)
		}
		if h.Typeflag != tar.TypeReg {
			return r.damaged("it holds "+h.Name+", which is no plain file", nil)
		}
		if err := r.take(h.Name, entries); err != nil {
			return err
		}
	}
	// What follows the tar's end is still part of what age vouches for.
	if _, err := io.Copy(io.Discard, in); err != nil {
		return r.damaged("it is cut short or was changed", err)
	}
	return nil
}

func (r *reader) folder() error {
	return filepath.WalkDir(r.source, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(r.source, path)
		if err != nil {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		var in io.Reader = f
		if strings.HasSuffix(name, ".age") {
			name = strings.TrimSuffix(name, ".age")
			if in, err = r.open(f); err != nil {
				return err
			}
		}
		return r.take(filepath.ToSlash(name), in)
	})
}

// open decrypts.
func (r *reader) open(f io.Reader) (io.Reader, error) {
	if len(r.identities) == 0 {
		return nil, fmt.Errorf("restore: %s is encrypted: give the key in %s, %s or %s", r.source, IdentityVariable, IdentityFileVariable, PassphraseVariable)
	}
	in, err := age.Decrypt(f, r.identities...)
	var wrong *age.NoIdentityMatchError
	if errors.As(err, &wrong) {
		return nil, fmt.Errorf("restore: the key given does not open %s: %w", r.source, err)
	}
	if err != nil {
		return nil, r.damaged("it cannot be decrypted", err)
	}
	return in, nil
}

// take reads one file, keeps it under into and notes what it was.
func (r *reader) take(name string, in io.Reader) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if err := safeName(name); err != nil {
		return r.damaged("it would write outside its folder", err)
	}
	if name == ManifestName {
		text, err := io.ReadAll(io.LimitReader(in, manifestMost))
		if err != nil {
			return r.damaged("its manifest cannot be read", err)
		}
		r.manifest = text
		return nil
	}
	if _, twice := r.found[name]; twice {
		return r.damaged("it holds "+name+" twice", nil)
	}
	sum := sha256.New()
	n, err := r.keep(name, io.TeeReader(in, sum))
	if err != nil {
		return err
	}
	r.found[name] = File{Name: name, Bytes: n, SHA256: hex.EncodeToString(sum.Sum(nil))}
	return nil
}

// keep writes a file below into, or reads it only.
func (r *reader) keep(name string, in io.Reader) (int64, error) {
	if r.into == "" {
		n, err := io.Copy(io.Discard, in)
		if err != nil {
			err = r.damaged(name+" cannot be read", err)
		}
		return n, err
	}
	path := filepath.Join(r.into, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return 0, err
	}
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(out, in)
	if err != nil {
		var failed *os.PathError
		if !errors.As(err, &failed) || failed.Op == "read" { // of the backup, not of this disk
			err = r.damaged(name+" cannot be read", err)
		}
		return n, errors.Join(err, out.Close())
	}
	return n, errors.Join(out.Sync(), out.Close())
}

// compare holds what was read against the manifest.
func (r *reader) compare() (Manifest, error) {
	var m Manifest
	if r.manifest == nil {
		return m, r.damaged("it has no "+ManifestName+": it is cut short or not a backup of verso", nil)
	}
	if err := json.Unmarshal(r.manifest, &m); err != nil {
		return m, r.damaged("its manifest cannot be read", err)
	}
	if m.Format != format {
		return m, r.damaged(fmt.Sprintf("it has format %d, this verso reads %d", m.Format, format), nil)
	}
	var wrong []string
	for _, want := range m.Files {
		got, ok := r.found[want.Name]
		delete(r.found, want.Name)
		switch {
		case !ok:
			wrong = append(wrong, want.Name+" is missing")
		case got != want:
			wrong = append(wrong, fmt.Sprintf("%s is not what was backed up (%d bytes, sha256 %s; want %d, %s)", want.Name, got.Bytes, got.SHA256[:12], want.Bytes, want.SHA256[:min(12, len(want.SHA256))]))
		}
	}
	for name := range r.found {
		wrong = append(wrong, name+" does not belong to it")
	}
	if len(wrong) > 0 {
		slices.Sort(wrong)
		return m, r.damaged(strings.Join(wrong[:min(5, len(wrong))], "; "), nil)
	}
	return m, nil
}
