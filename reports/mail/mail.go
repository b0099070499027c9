// Package mail sends messages through a company's mail server.
package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Server is the mail server that takes messages for delivery.
type Server struct {
	Host     string
	Port     int
	TLS      string // starttls: required, tls: from the first byte, none
	User     string // "": no login
	Password string
	Trust    *tls.Config   // nil: the certificates that the system trusts
	Timeout  time.Duration // of the connection; 0: half a minute
}

// Message is one mail. Text is what is read without HTML; both say the same.
type Message struct {
	From    string // address, with or without a name
	To      []string
	Subject string
	Date    time.Time
	Text    string
	HTML    string // "": text only
	Inline  []Image
	Files   []File
	Lang    string // "": not told
	// Alert marks mail that a program sent unasked, so that out-of-office
	// programs do not answer it.
	Alert bool
}

// Image is a picture inside the HTML, which refers to it as cid:ID.
type Image struct {
	ID   string // such as months@verso
	Name string // file name
	PNG  []byte
}

// File is what is attached.
type File struct {
	Name string // such as briefing.pdf
	Type string // such as application/pdf
	Data []byte
}

// compose makes the mail.
func compose(m Message) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := msg.From(m.From); err != nil {
		return nil, fmt.Errorf("mail: sender %q: %w", m.From, err)
	}
	if err := msg.To(m.To...); err != nil {
		return nil, fmt.Errorf("mail: recipients %q: %w", m.To, err)
	}
	// A subject is one line whatever it was made of.
	msg.Subject(strings.Join(strings.Fields(m.Subject), " "))
	msg.SetDateWithValue(m.Date)
	msg.SetMessageID()
	msg.SetGenHeader(gomail.HeaderUserAgent, "verso")
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if m.Alert {
		msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	}
	if m.Lang != "" {
		msg.SetGenHeader(gomail.HeaderContentLang, m.Lang)
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	for _, image := range m.Inline {
		if err := msg.EmbedReader(image.Name, bytes.NewReader(image.PNG), gomail.WithFileContentID("<"+image.ID+">"), gomail.WithFileContentType("image/png")); err != nil {
			return nil, fmt.Errorf("mail: image %s: %w", image.Name, err)
		}
	}
	for _, f := range m.Files {
		if err := msg.AttachReader(f.Name, bytes.NewReader(f.Data), gomail.WithFileContentType(gomail.ContentType(f.Type))); err != nil {
			return nil, fmt.Errorf("mail: file %s: %w", f.Name, err)
		}
	}
	return msg, nil
}

// Write writes a mail as it would be sent, for a file ending in .eml.
func Write(w io.Writer, m Message) error {
	msg, err := compose(m)
	if err != nil {
		return err
	}
	if _, err := msg.WriteTo(w); err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	return nil
}

// Send hands a mail to the server. The error never holds the password.
func (s Server) Send(ctx context.Context, m Message) error {
	msg, err := compose(m)
	if err != nil {
		return err
	}
	client, err := s.client()
	if err != nil {
		return err
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		text := err.Error()
		if s.Password != "" {
			text = strings.ReplaceAll(text, s.Password, "***")
		}
		return fmt.Errorf("mail through %s:%d: %s", s.Host, s.Port, text)
	}
	return nil
}

func (s Server) client() (*gomail.Client, error) {
	timeout := s.Timeout
	if timeout == 0 {
		timeout = 30 * time.Second
	}
	trust := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.Trust != nil {
		trust = s.Trust.Clone()
	}
	trust.ServerName = s.Host
	options := []gomail.Option{gomail.WithPort(s.Port), gomail.WithTimeout(timeout), gomail.WithTLSConfig(trust)}
	switch s.TLS {
	case "tls":
		options = append(options, gomail.WithSSL())
	case "none":
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	client, err := gomail.NewClient(s.Host, options...)
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return client, nil
}
