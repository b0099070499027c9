package backup

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"
)

// archive is a backup in one tar file, written beside and renamed at the end.
type archive struct {
	target string
	f      *os.File
	crypt  io.WriteCloser // nil: not encrypted
	tar    *tar.Writer
}

func newArchive(target string, recipients []age.Recipient) (*archive, error) {
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(target+".part", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	a := &archive{target: target, f: f}
	var out io.Writer = f
	if len(recipients) > 0 {
		if a.crypt, err = age.Encrypt(f, recipients...); err != nil {
			a.discard()
			return nil, err
		}
		out = a.crypt
	}
	a.tar = tar.NewWriter(out)
	return a, nil
}

// entry is the content of one tar entry: there is nothing to close.
type entry struct{ io.Writer }

func (entry) Close() error { return nil }

func (a *archive) add(name string, size int64) (io.WriteCloser, error) {
	return entry{a.tar}, a.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, Format: tar.FormatPAX})
}

func (a *archive) close() error {
	if err := a.tar.Close(); err != nil {
		return err
	}
	if a.crypt != nil {
		if err := a.crypt.Close(); err != nil {
			return err
		}
	}
	if err := errors.Join(a.f.Sync(), a.f.Close()); err != nil {
		return err
	}
	if err := os.Rename(a.f.Name(), a.target); err != nil {
		return err
	}
	return syncDir(filepath.Dir(a.target))
}

// discard removes the unfinished file; that it cannot be closed twice is no
// concern here.
func (a *archive) discard() {
	_ = a.f.Close()
	_ = os.Remove(a.f.Name())
}

// folder is a backup as files, written beside and renamed at the end.
type folder struct {
	target, part string
	recipients   []age.Recipient
}

func newFolder(target string, recipients []age.Recipient) (*folder, error) {
	f := &folder{target: target, part: target + ".part", recipients: recipients}
	if err := os.RemoveAll(f.part); err != nil {
		return nil, err
	}
	return f, os.MkdirAll(f.part, 0o700)
}

// sealed is one file of a folder.
type sealed struct {
	io.Writer
	crypt io.WriteCloser // nil: not encrypted
	f     *os.File
}

func (s *sealed) Close() error {
	var err error
	if s.crypt != nil {
		err = s.crypt.Close()
	}
	return errors.Join(err, s.f.Sync(), s.f.Close())
}

func (d *folder) add(name string, _ int64) (io.WriteCloser, error) {
	file := filepath.Join(d.part, filepath.FromSlash(name))
	if len(d.recipients) > 0 {
		file += ".age"
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	s := &sealed{Writer: f, f: f}
	if len(d.recipients) > 0 {
		if s.crypt, err = age.Encrypt(f, d.recipients...); err != nil {
			return nil, errors.Join(err, f.Close())
		}
		s.Writer = s.crypt
	}
	return s, nil
}

func (d *folder) close() error {
	err := filepath.WalkDir(d.part, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		return syncDir(path)
	})
	if err != nil {
		return err
	}
	if err := os.Rename(d.part, d.target); err != nil {
		return err
	}
	return syncDir(filepath.Dir(d.target))
}

func (d *folder) discard() { _ = os.RemoveAll(d.part) }

// syncDir forces the names in a folder to disk.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
