package mail

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"mime"
	"mime/multipart"
	stdmail "net/mail"
	"strings"
	"testing"
	"time"

	"verso/reports/mail/mailtest"
)

func sample() Message {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		panic(err)
	}
	return Message{From: "Reports <reports@example.org>", To: []string{"李 <li@example.org>", "b@example.org"}, Subject: "销售净额 +3 %\r\nBcc: evil@example.org",
		Date: time.Date(2026, 6, 29, 2, 10, 0, 0, time.UTC), Text: "Hello\n.\nlone dot\n", HTML: `<p>你好<img src="cid:months@verso">`, Lang: "zh",
		Inline: []Image{{ID: "months@verso", Name: "months.png", PNG: b.Bytes()}}}
}

func TestSend(t *testing.T) {
	for _, c := range []struct {
		name   string
		server *mailtest.Server
		tls    string
	}{
		{"starttls with login", &mailtest.Server{User: "verso", Password: "hush"}, "starttls"},
		{"tls with login", &mailtest.Server{User: "verso", Password: "hush", Implicit: true}, "tls"},
		{"starttls without login", &mailtest.Server{}, "starttls"},
		{"in the clear on this machine", &mailtest.Server{Plain: true}, "none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.server.Start(t)
			s := Server{Host: "127.0.0.1", Port: c.server.Port, TLS: c.tls, User: c.server.User, Password: c.server.Password, Trust: c.server.Trust}
			if err := s.Send(t.Context(), sample()); err != nil {
				t.Fatal(err)
			}
			got := c.server.Mails()
			if len(got) != 1 || got[0].From != "reports@example.org" || strings.Join(got[0].To, " ") != "li@example.org b@example.org" ||
				got[0].Encrypted != (c.tls != "none") || got[0].User != c.server.User {
				t.Fatalf("%+v", got)
			}
			checkParts(t, got[0].Data)
		})
	}
}

// checkParts reads a mail the way a mail program does.
func checkParts(t *testing.T, data string) {
	t.Helper()
	m, err := stdmail.ReadMessage(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "销售净额 +3 % Bcc: evil@example.org" || m.Header.Get("Bcc") != "" {
		t.Errorf("subject %q, Bcc %q, %v", subject, m.Header.Get("Bcc"), err)
	}
	if m.Header.Get("Auto-Submitted") != "auto-generated" || m.Header.Get("Message-ID") == "" || !strings.HasPrefix(m.Header.Get("Date"), "Mon, 29 Jun 2026 02:10:00") {
		t.Errorf("headers %v", m.Header)
	}
	parts := map[string]string{}
	var walk func(contentType string, r io.Reader)
	walk = func(contentType string, r io.Reader) {
		kind, params, err := mime.ParseMediaType(contentType)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(kind, "multipart/") {
			text, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			parts[kind] = string(text)
			return
		}
		for reader := multipart.NewReader(r, params["boundary"]); ; {
			p, err := reader.NextPart()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if id := p.Header.Get("Content-ID"); id != "" && id != "<months@verso>" {
				t.Errorf("Content-ID %s", id)
			}
			walk(p.Header.Get("Content-Type"), p)
		}
	}
	walk(m.Header.Get("Content-Type"), m.Body)
	if parts["text/plain"] == "" || !strings.Contains(strings.ReplaceAll(parts["text/plain"], "\r", ""), "Hello\n.\nlone dot") || !strings.Contains(parts["text/html"], "cid:months@verso") || parts["image/png"] == "" {
		t.Errorf("parts %q", parts)
	}
}

func TestSendFails(t *testing.T) {
	login := &mailtest.Server{User: "verso", Password: "hush"}
	login.Start(t)
	plain := &mailtest.Server{Plain: true}
	plain.Start(t)
	busy := &mailtest.Server{}
	busy.Start(t)
	busy.Refuse("451 4.3.0 later")
	for _, c := range []struct {
		name   string
		server Server
		want   string
	}{
		{"nobody listens", Server{Host: "127.0.0.1", Port: 1, TLS: "starttls"}, "refused"},
		{"wrong password", Server{Host: "127.0.0.1", Port: login.Port, TLS: "starttls", User: "verso", Password: "s3cret", Trust: login.Trust}, "535"},
		{"an unknown certificate", Server{Host: "127.0.0.1", Port: login.Port, TLS: "starttls", User: "verso", Password: "s3cret"}, "certificate"},
		{"a certificate for another name", Server{Host: "127.0.0.2", Port: login.Port, TLS: "starttls", Trust: login.Trust}, ""},
		{"no STARTTLS though required", Server{Host: "127.0.0.1", Port: plain.Port, TLS: "starttls", Trust: plain.Trust}, "STARTTLS"},
		{"later", Server{Host: "127.0.0.1", Port: busy.Port, TLS: "starttls", Trust: busy.Trust}, "451"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.server.Send(t.Context(), sample())
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
	if n := len(login.Mails()) + len(plain.Mails()) + len(busy.Mails()); n != 0 {
		t.Errorf("%d mails arrived", n)
	}
}
