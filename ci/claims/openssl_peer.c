/* The openssl backend's work in C: speed_openssl_over_c.py points these names at the functions of the backend's
   own libcrypto and compares the answers. A ..._seconds gives the time of `count` repetitions. */
#include <stddef.h>
#include <time.h>
typedef unsigned char byte;
void *(*EVP_CIPHER_CTX_new)(void), *(*EVP_aes_256_gcm)(void), *(*EVP_aes_128_ctr)(void), *(*EVP_sha256)(void);
int (*EVP_EncryptInit_ex2)(void *, void *cipher, const byte *key, const byte *nonce, const void *);
int (*EVP_EncryptUpdate)(void *, byte *out, int *length, const byte *in, int size);
int (*EVP_EncryptFinal_ex)(void *, byte *out, int *length), (*EVP_CIPHER_CTX_ctrl)(void *, int, int, void *);
void *(*d2i_AutoPrivateKey)(void **, const byte **der, long size), *(*EVP_PKEY_CTX_new)(void *, void *);
int (*EVP_PKEY_sign_init)(void *), (*EVP_PKEY_CTX_set_rsa_padding)(void *, int);
int (*EVP_PKEY_CTX_set_signature_md)(void *, void *);
int (*EVP_PKEY_sign)(void *, byte *signature, size_t *size, const byte *digest, size_t digest_size);

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + 1e-9 * t.tv_nsec; }
static void *keyed(void *c, void *cipher, const byte *key) { EVP_EncryptInit_ex2(c, cipher, key, 0, 0); return c; }
void *gcm(const byte *key) { return keyed(EVP_CIPHER_CTX_new(), EVP_aes_256_gcm(), key); }
void *ctr(const byte *key) { return keyed(EVP_CIPHER_CTX_new(), EVP_aes_128_ctr(), key); }
void *sign(const byte *der, long size) {
    void *c = EVP_PKEY_CTX_new(d2i_AutoPrivateKey(0, &der, size), 0);
    EVP_PKEY_sign_init(c), EVP_PKEY_CTX_set_rsa_padding(c, 1 /* PKCS#1 v1.5 */);
    EVP_PKEY_CTX_set_signature_md(c, EVP_sha256());
    return c;
}
double gcm_seconds(void *c, long count, const byte *nonce, const byte *associated, int associated_size,
                   const byte *in, int size, byte *out) {
    double start = now();
    for (int n; count--;) {
        EVP_EncryptInit_ex2(c, 0, 0, nonce, 0), EVP_EncryptUpdate(c, 0, &n, associated, associated_size);
        EVP_EncryptUpdate(c, out, &n, in, size), EVP_EncryptFinal_ex(c, out + n, &n);
        EVP_CIPHER_CTX_ctrl(c, 0x10 /* get the tag */, 16, out + size);
    }
    return now() - start;
}
double ctr_seconds(void *c, long count, const byte *counter, const byte *in, int size, byte *out) {
    double start = now();
    for (int n; count--;) EVP_EncryptInit_ex2(c, 0, 0, counter, 0), EVP_EncryptUpdate(c, out, &n, in, size);
    return now() - start;
}
double sign_seconds(void *c, long count, const byte *digest, byte *out, size_t size) {
    double start = now();
    while (count--) EVP_PKEY_sign(c, out, &size, digest, 32);
    return now() - start;
}
