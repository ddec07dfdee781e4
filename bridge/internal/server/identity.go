package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"fmt"
	"math/big"
	"os"
	"time"
)

// Identity is drawn at each boot and never leaves the memory of this process.
type Identity struct {
	SandboxID string
	Instance  string
	Boot      time.Time
	key       *ecdsa.PrivateKey
	PublicKey []byte // DER, SubjectPublicKeyInfo
}

// NewIdentity draws an instance id and a key.
func NewIdentity(sandboxID string) (*Identity, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return nil, err
	}
	var instance [16]byte
	_, _ = rand.Read(instance[:])
	return &Identity{
		SandboxID: sandboxID, Instance: hex.EncodeToString(instance[:]), Boot: time.Now(), key: key, PublicKey: public,
	}, nil
}

// Fingerprint is what the host pins.
func (id *Identity) Fingerprint() string {
	sum := sha256.Sum256(id.PublicKey)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Sign proves that this is the bridge whose key the host has pinned.
func (id *Identity) Sign(nonce []byte) ([]byte, error) {
	sum := sha256.Sum256(Statement(id.SandboxID, id.Instance, nonce))
	return ecdsa.SignASN1(rand.Reader, id.key, sum[:])
}

// Statement is what a Hello signs.
func Statement(sandboxID, instance string, nonce []byte) []byte {
	return append([]byte("warren-hello-v1\x00"+sandboxID+"\x00"+instance+"\x00"), nonce...)
}

// tlsConfig is mutual TLS 1.3: our certificate is pinned by its key, theirs must come from the CA.
func (id *Identity) tlsConfig(clientCA string) (*tls.Config, error) {
	pem, err := os.ReadFile(clientCA)
	if err != nil {
		return nil, fmt.Errorf("--client-ca: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("--client-ca %s: no certificate in PEM form", clientCA)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "warren bridge " + id.Instance},
		DNSNames: []string{"bridge.warren"},
		// Clocks of sandboxes are not to be relied upon; the key's life is this boot.
		NotBefore: id.Boot.AddDate(-1, 0, 0), NotAfter: id.Boot.AddDate(50, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &id.key.PublicKey, id.key)
	if err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion:   tls.VersionTLS13,
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: id.key}},
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    pool,
		NextProtos:   []string{"h2"},
		// Each connection proves itself; nothing is resumed.
		SessionTicketsDisabled: true,
	}, nil
}
