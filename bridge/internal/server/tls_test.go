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
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "host"}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, NotAfter: time.Now().Add(time.Hour)}
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return &authority{key, sign(t, template, template, key, key)}
}

func sign(t *testing.T, template, parent *x509.Certificate, key, by *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func (a *authority) file(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// client makes credentials with a certificate of this authority.
func (a *authority) client(t *testing.T, usage x509.ExtKeyUsage, version uint16) credentials.TransportCredentials {
	t.Helper()
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	cert := sign(t, &x509.Certificate{SerialNumber: big.NewInt(2), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{usage}}, a.cert, key, a.key)
	return credentials.NewTLS(&tls.Config{InsecureSkipVerify: true, MaxVersion: version,
		Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}})
}

func TestTCPIsMutualTLSAndNothingLess(t *testing.T) {
	host := newAuthority(t)
	id, err := NewIdentity("sandbox-1")
	if err != nil {
		t.Fatal(err)
	}
	config, err := id.tlsConfig(host.file(t))
	if err != nil {
		t.Fatal(err)
	}
	r := run(t, Options{SandboxID: "sandbox-1", Network: "tcp", Address: "127.0.0.1:0"}, newTLSCredentials(config), id)

	got, err := dial(t, r.address, host.client(t, x509.ExtKeyUsageClientAuth, tls.VersionTLS13)).Hello(t.Context(), hello(newNonce()))
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(got.PublicKey); "sha256:"+hex.EncodeToString(sum[:]) != id.Fingerprint() {
		t.Error("another key")
	}
	for name, creds := range map[string]credentials.TransportCredentials{
		"plaintext":               insecure.NewCredentials(),
		"no certificate":          credentials.NewTLS(&tls.Config{InsecureSkipVerify: true}),
		"another authority":       newAuthority(t).client(t, x509.ExtKeyUsageClientAuth, tls.VersionTLS13),
		"a server's certificate":  host.client(t, x509.ExtKeyUsageServerAuth, tls.VersionTLS13),
		"an old protocol version": host.client(t, x509.ExtKeyUsageClientAuth, tls.VersionTLS12),
	} {
		if _, err := dial(t, r.address, creds).Hello(t.Context(), hello(newNonce())); status.Code(err) != codes.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheServersKeyIsTheOneOnTheBootLine(t *testing.T) {
	host := newAuthority(t)
	id, _ := NewIdentity("s")
	config, err := id.tlsConfig(host.file(t))
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(config.Certificates[0].Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo); "sha256:"+hex.EncodeToString(sum[:]) != id.Fingerprint() {
		t.Error("the certificate has another key")
	}
	if _, err := id.tlsConfig(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a missing CA file was accepted")
	}
}
