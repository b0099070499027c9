package site

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Editions is the folder of a site that holds earlier editions, one in a folder
// named after its run.
const Editions = "editions"

// Archive keeps whole editions: each as one compressed file in a folder, from which
// it can be brought back, and unpacked below [Editions] of the site, where its files
// are those of the site it was as long as that stands.
type Archive struct {
	Dir  string // of the compressed files, NUMBER-RUN.zip
	Keep int    // how many editions before the published one; 0 for none
}

// runOf is the run of an edition's name, NUMBER-RUN.
func runOf(name string) string {
	_, run, _ := strings.Cut(name, "-")
	return run
}

// names are the editions kept, the earliest first.
func (a Archive) names() ([]string, error) {
	entries, err := os.ReadDir(a.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".zip"); ok && !e.IsDir() && runOf(name) != "" {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, err
}

// Places are the addresses, from the root of the site, of the editions that stand
// there beside the one of a run, by their runs.
func (a Archive) Places(run string) (map[string]string, error) {
	names, err := a.names()
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(n string) bool { return runOf(n) == run })
	out := map[string]string{}
	for _, n := range names[max(0, len(names)-a.Keep):] {
		out[runOf(n)] = Editions + "/" + runOf(n) + "/index.html"
	}
	return out, nil
}

// Store keeps the published site under a name, NUMBER-RUN, unpacks editions that
// are not there, as after a restore, and drops those beyond what is kept. Without
// editions to keep it drops all.
func (a Archive) Store(site, name string) error {
	if a.Keep > 0 {
		if err := a.pack(site, name); err != nil {
			return fmt.Errorf("site: edition %s cannot be kept: %w", name, err)
		}
	}
	names, err := a.names()
	if err != nil {
		return err
	}
	kept := names
	if a.Keep == 0 {
		kept = nil
	} else if len(names) > a.Keep+1 {
		kept = names[len(names)-a.Keep-1:]
	}
	for _, n := range names {
		if !slices.Contains(kept, n) {
			if err := os.Remove(filepath.Join(a.Dir, n+".zip")); err != nil {
				return err
			}
		}
	}
	if err := prune(filepath.Join(site, Editions), kept); err != nil {
		return err
	}
	for _, n := range kept {
		if err := a.unpack(site, n); err != nil {
			return fmt.Errorf("site: edition %s cannot be brought back: %w", n, err)
		}
	}
	return nil
}

// prune removes the folders of editions that are kept no longer, and of them only
// what a site of verso is.
func prune(dir string, kept []string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		isKept := slices.ContainsFunc(kept, func(n string) bool { return runOf(n) == e.Name() })
		if _, known := os.Stat(filepath.Join(dir, e.Name(), manifest)); isKept || known != nil {
			continue
		}
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
	}
	return err
}

// pack writes the compressed file of a site, and its folder as links to its files.
func (a Archive) pack(site, name string) (err error) {
	files, _, err := readManifest(site)
	if err != nil {
		return err
	}
	files = slices.DeleteFunc(files, func(f string) bool { return f == manifestNext })
	slices.Sort(files)
	folder := filepath.Join(site, Editions, runOf(name))
	if err := errors.Join(os.MkdirAll(a.Dir, 0o755), os.RemoveAll(folder)); err != nil {
		return err
	}
	next := filepath.Join(a.Dir, name+".zip.new")
	to, err := os.Create(next)
	if err != nil {
		return err
	}
	z := zip.NewWriter(to)
	for _, f := range files {
		data, err := archived(site, folder, f)
		if err == nil {
			var entry io.Writer
			if entry, err = z.CreateHeader(&zip.FileHeader{Name: filepath.ToSlash(f), Method: zip.Deflate}); err == nil {
				_, err = entry.Write(data)
			}
		}
		if err != nil {
			return errors.Join(err, to.Close(), os.Remove(next))
		}
	}
	if err := errors.Join(z.Close(), to.Sync(), to.Close()); err != nil {
		return err
	}
	return os.Rename(next, filepath.Join(a.Dir, name+".zip"))
}

// archived is a file of the site as its edition has it, which is put into the
// edition's folder: a link where nothing is different.
func archived(site, folder, name string) ([]byte, error) {
	data, err := os.ReadFile(filepath.Join(site, name))
	if err != nil {
		return nil, err
	}
	target := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return nil, err
	}
	if filepath.Base(name) == "editions.html" { // the editions beside it are now beside its folder
		data = bytes.ReplaceAll(data, []byte(`href="editions/`), []byte(`href="../`))
		data = bytes.ReplaceAll(data, []byte(`href="../editions/`), []byte(`href="../../`))
		return data, os.WriteFile(target, data, 0o644)
	}
	if os.Link(filepath.Join(site, name), target) == nil {
		return data, nil
	}
	return data, os.WriteFile(target, data, 0o644) // a file system without links
}

// unpack brings the folder of an edition back where it is missing.
func (a Archive) unpack(site, name string) error {
	folder := filepath.Join(site, Editions, runOf(name))
	if _, err := os.Stat(filepath.Join(folder, manifest)); err == nil {
		return nil
	}
	z, err := zip.OpenReader(filepath.Join(a.Dir, name+".zip"))
	if err != nil {
		return err
	}
	defer z.Close()
	for _, f := range z.File {
		local := filepath.FromSlash(f.Name)
		if !filepath.IsLocal(local) || strings.HasSuffix(f.Name, "/") {
			continue
		}
		data, err := fs.ReadFile(z, f.Name)
		if err != nil {
			return err
		}
		target := filepath.Join(folder, local)
		if err := errors.Join(os.MkdirAll(filepath.Dir(target), 0o755), os.WriteFile(target, data, 0o644)); err != nil {
			return err
		}
	}
	return nil
}
