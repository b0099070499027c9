package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// volume tells whether the volume below a folder is encrypted.
type volume int

const (
	volumeUnknown volume = iota
	volumePlain
	volumeEncrypted
)

// volumes reads what Linux tells about devices. root is / but in tests.
type volumes struct{ root string }

// of finds the volume of a folder that exists.
func (v volumes) of(folder string) volume {
	var info unix.Stat_t
	if unix.Stat(folder, &info) != nil {
		return volumeUnknown
	}
	dev := uint64(info.Dev) //nolint:unconvert // narrower on other systems
	return v.device(unix.Major(dev), unix.Minor(dev))
}

// device judges a device by its number; number 0 stands for file systems
// without a device of their own, which the table of mounts explains.
func (v volumes) device(major, minor uint32) volume {
	number := fmt.Sprintf("%d:%d", major, minor)
	dir := filepath.Join(v.root, "sys/dev/block", number)
	if _, err := os.Stat(dir); err == nil {
		return v.block(dir)
	}
	kind, source := v.mount(number)
	switch {
	case kind == "ecryptfs" || kind == "fuse.gocryptfs" || kind == "fuse.encfs" || kind == "fuse.cryfs":
		return volumeEncrypted
	case kind == "tmpfs" || kind == "ramfs":
		return volumePlain
	case strings.HasPrefix(source, "/dev/"):
		if real, err := filepath.EvalSymlinks(filepath.Join(v.root, source)); err == nil {
			source = real
		}
		dir := filepath.Join(v.root, "sys/class/block", filepath.Base(source))
		if _, err := os.Stat(dir); err == nil {
			return v.block(dir)
		}
	}
	return volumeUnknown
}

// block looks at a block device and at those it is made of: one that dm-crypt
// (as LUKS) encrypts makes all above it encrypted when every part is.
func (v volumes) block(dir string) volume {
	if id, err := os.ReadFile(filepath.Join(dir, "dm/uuid")); err == nil && strings.HasPrefix(string(id), "CRYPT-") {
		return volumeEncrypted
	}
	parts, err := os.ReadDir(filepath.Join(dir, "slaves"))
	if err != nil || len(parts) == 0 {
		return volumePlain
	}
	for _, part := range parts {
		if v.block(filepath.Join(dir, "slaves", part.Name())) != volumeEncrypted {
			return volumePlain
		}
	}
	return volumeEncrypted
}

// mount is the kind and the source of the file system with a device number.
func (v volumes) mount(number string) (kind, source string) {
	f, err := os.Open(filepath.Join(v.root, "proc/self/mountinfo"))
	if err != nil {
		return "", ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		// id parent number root point options [optional…] - kind source options
		before, after, ok := strings.Cut(lines.Text(), " - ")
		fields, rest := strings.Fields(before), strings.Fields(after)
		if ok && len(fields) > 2 && fields[2] == number && len(rest) > 1 {
			return rest[0], rest[1]
		}
	}
	return "", ""
}

// examineVolume tells what lies in clear on a disk.
func examineVolume(folder string) finding {
	switch (volumes{root: "/"}).of(folder) {
	case volumeEncrypted:
		return finding{ok: true, what: "the warehouse lies on an encrypted volume"}
	case volumePlain:
		return finding{ok: true, what: "the warehouse lies on a volume that is not encrypted: who holds the disk can read it; put its folder on a LUKS or other encrypted volume if that matters (backups: verso backup --encrypt)"}
	}
	return finding{ok: true, what: "whether the warehouse lies on an encrypted volume cannot be told here: look at how its disk is set up"}
}
