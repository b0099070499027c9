package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
)

// some writes a few files, one larger than a chunk of age, and lists them.
func some(t *testing.T) []Item {
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(1, 2))
	var items []Item
	for name, size := range map[string]int{"warehouse/CURRENT": 20, "warehouse/landing/a b/1.parquet": 200_000, "config/空.yaml": 0} {
		path := filepath.Join(dir, strings.ReplaceAll(name, "/", "_"))
		content := make([]byte, size)
		for i := range content {
			content[i] = byte(random.Uint32())
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		items = append(items, Item{Name: name, Path: path})
	}
	return items
}

func key(t *testing.T) *age.X25519Identity {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestRoundTrip(t *testing.T) {
	id := key(t)
	for _, target := range []string{"b.tar", "b", "b.tar.age", "sealed"} {
		t.Run(target, func(t *testing.T) {
			items := some(t)
			path := filepath.Join(t.TempDir(), target)
			var recipients []age.Recipient
			if target == "b.tar.age" || target == "sealed" {
				recipients = append(recipients, id.Recipient())
			}
			wrote, err := Write(t.Context(), items, path, Manifest{Generation: "g"}, recipients)
			if err != nil {
				t.Fatal(err)
			}
			into := filepath.Join(t.TempDir(), "into")
			read, err := Read(t.Context(), path, into, []age.Identity{id})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(wrote, read); diff != "" {
				t.Error(diff)
			}
			for _, item := range items {
				want, _ := os.ReadFile(item.Path)
				got, err := os.ReadFile(filepath.Join(into, filepath.FromSlash(item.Name)))
				if err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s differs: %v", item.Name, err)
				}
			}
			if len(recipients) > 0 {
				if _, err := Read(t.Context(), path, "", nil); err == nil || !strings.Contains(err.Error(), "is encrypted") {
					t.Error(err)
				}
				if _, err := Read(t.Context(), path, "", []age.Identity{key(t)}); err == nil || !strings.Contains(err.Error(), "does not open") {
					t.Error(err)
				}
			}
		})
	}
}

// TestHarm changes one byte at a time, and cuts the file at many places: every
// harm is noticed and nothing is left behind.
func TestHarm(t *testing.T) {
	id := key(t)
	for _, target := range []string{"b.tar", "b.tar.age"} {
		path := filepath.Join(t.TempDir(), target)
		var recipients []age.Recipient
		if target == "b.tar.age" {
			recipients = append(recipients, id.Recipient())
		}
		if _, err := Write(t.Context(), some(t), path, Manifest{}, recipients); err != nil {
			t.Fatal(err)
		}
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(3, 4))
		for range 150 {
			harmed := bytes.Clone(whole)
			if at := random.IntN(len(whole)); random.IntN(2) == 0 {
				harmed = harmed[:at]
			} else {
				harmed[at] ^= 1 << random.IntN(8)
			}
			if harmless(target, whole, harmed) {
				continue
			}
			if err := os.WriteFile(path, harmed, 0o600); err != nil {
				t.Fatal(err)
			}
			into := filepath.Join(t.TempDir(), "into")
			if _, err := Read(t.Context(), path, into, []age.Identity{id}); err == nil {
				t.Fatalf("%s: harm at length %d of %d was not noticed", target, len(harmed), len(whole))
			}
			if _, err := os.Stat(into); err == nil {
				t.Fatalf("%s: files were left behind", target)
			}
		}
	}
}

// harmless reports whether a plain tar still says the same: header fields that
// verso does not read, and padding, are covered by no checksum of ours.
func harmless(target string, whole, harmed []byte) bool {
	if target != "b.tar" {
		return false
	}
	content := func(b []byte) string {
		var s strings.Builder
		for r := tar.NewReader(bytes.NewReader(b)); ; {
			h, err := r.Next()
			if err != nil {
				return s.String()
			}
			s.WriteString(h.Name + "\x00")
			text := new(bytes.Buffer)
			_, _ = text.ReadFrom(r)
			s.Write(text.Bytes())
		}
	}
	return content(whole) == content(harmed)
}

func TestHostileNames(t *testing.T) {
	for _, name := range []string{"../out", "/etc/x", "a/../../b", "", "a\\..\\b", "warehouse/./x"} {
		path := filepath.Join(t.TempDir(), "b.tar")
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: 1, Mode: 0o600})
		_, _ = w.Write([]byte("x"))
		_ = w.Close()
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		var damaged *DamagedError
		if _, err := Read(t.Context(), path, filepath.Join(t.TempDir(), "into"), nil); !errors.As(err, &damaged) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestFolderWithMoreOrLess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "b")
	if _, err := Write(t.Context(), some(t), path, Manifest{}, nil); err != nil {
		t.Fatal(err)
	}
	extra := filepath.Join(path, "extra")
	if err := os.WriteFile(extra, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(t.Context(), path, "", nil); err == nil || !strings.Contains(err.Error(), "extra does not belong") {
		t.Error(err)
	}
	_ = os.Remove(extra)
	_ = os.Remove(filepath.Join(path, "warehouse", "CURRENT"))
	if _, err := Read(t.Context(), path, "", nil); err == nil || !strings.Contains(err.Error(), "warehouse/CURRENT is missing") {
		t.Error(err)
	}
}

func TestNothingLeftOnFailure(t *testing.T) {
	items := append(some(t), Item{Name: "gone", Path: filepath.Join(t.TempDir(), "gone")})
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	for _, target := range []string{"b.tar", "b"} {
		dir := t.TempDir()
		if _, err := Write(t.Context(), items, filepath.Join(dir, target), Manifest{}, nil); !errors.Is(err, os.ErrNotExist) {
			t.Error(err)
		}
		if _, err := Write(stopped, some(t), filepath.Join(dir, target), Manifest{}, nil); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}
